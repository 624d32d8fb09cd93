# SPDX-License-Identifier: MIT
# Unit, scenario and fuzz tests: none needs Xen, a GPU, root or a network.
