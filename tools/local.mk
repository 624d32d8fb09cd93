# SPDX-License-Identifier: MIT
# Programs for people, and the client library they share.
