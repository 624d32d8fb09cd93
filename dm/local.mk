# SPDX-License-Identifier: MIT
# Everything that says Xen.
