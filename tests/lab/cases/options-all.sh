# SPDX-License-Identifier: MIT
# CASE: every other wrong value of an option is refused like those of the case options
# LIST: full

. /lab/dom0/options.sh

refused vgt_low_gm_sz vgt_low_gm_sz=1000000
refused vgt_low_gm_sz 'vgt_low_gm_sz=[ "2", "4" ]'
refused vgt_high_gm_sz vgt_high_gm_sz=-1
refused vgt_fence_sz vgt_fence_sz=99
refused vgt_cap vgt_cap=101
refused vgt_primary vgt_primary=7
refused vgt_monitor_config_file vgt_monitor_config_file=/etc/passwd
refused vgt_record vgt_record=some.trace
refused vgt_record vgt_record=/etc/passwd
refused vgt_vnc=root vgt_vnc=root
refused vgt_vnc=nobody-here vgt_vnc=nobody-here
refused 'vgt_qemu|QEMU' vgt_qemu=/nonexistent
