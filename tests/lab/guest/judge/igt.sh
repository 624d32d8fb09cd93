# SPDX-License-Identifier: MIT
#
# intel-gpu-tools as Debian ships them: the benchmarks, here as tests with few rounds, on each
# engine where they take one, and the tools that ask the device questions.

. /tmp/judge/lib.sh
PATH=$PATH:/usr/libexec/igt-gpu-tools/benchmarks

# Work for gem_wsim: context, engine, microseconds, what it depends on, whether to wait.
cat >/tmp/work.wsim <<-END
	1.VCS1.500-1000.0.0
	1.RCS.1000.-1.0
	1.BCS.500.-1.0
	1.VECS.500.0.1
	2.RCS.200.0.0
	d.1000
	s.-2
END

for engine in rcs bcs vcs vecs; do
	try "gem_exec_nop-$engine" 40 gem_exec_nop -e $engine
	try "gem_exec_ctx-$engine" 40 gem_exec_ctx -e $engine
done
# gem_busy names a relocation's target by handle after promising indices.  i915 gets to
# look at it, for a batch with relocations may not stay where one without was put
skip_if gem_busy 40 'error: -2 != 0' gem_busy -e bcs
try gem_busy-idle 40 gem_busy -e bcs -I
try gem_exec_nop-all 40 gem_exec_nop -e all
try gem_exec_nop-sync 40 gem_exec_nop -e rcs -s
try gem_exec_ctx-create 60 gem_exec_ctx -e rcs -b create
try gem_create 120 gem_create -s 16384
# 1000 submissions a round
try gem_create-busy 120 gem_create -s 16384 -b -r 3
try gem_exec_fault 60 gem_exec_fault -e bcs -s 65536
try gem_exec_reloc 60 gem_exec_reloc -b 16 -r 16 -l 2 -m old
try gem_exec_reloc-lut 60 gem_exec_reloc -b 16 -r 16 -l 2 -m lut -o random
try gem_prw-read 40 gem_prw -D read -r 1
try gem_prw-write 40 gem_prw -D write -r 1
try gem_set_domain 40 gem_set_domain -s 65536 -r 1
try gem_blt 60 gem_blt -s 65536 -b 4 -t 2
try gem_blt-sync 60 gem_blt -s 4096 -b 1 -t 2 -S
try gem_latency 60 gem_latency -t 2
try gem_syslatency 60 gem_syslatency -t 2
try gem_wsim 60 gem_wsim -r 5 -w /tmp/work.wsim
try gem_userptr_benchmark 120 gem_userptr_benchmark --run-subtest userptr-sync
for upload in intel_upload_blit_small intel_upload_blit_large intel_upload_blit_large_map; do
	try $upload 240 $upload
done
try kms_vblank-query 60 kms_vblank -w query -r 1
try kms_vblank-event 60 kms_vblank -w event -r 1
try prime_lookup 60 prime_lookup -d 1 -o 16 -a 1

try_says lsgpu 20 '^card0 .*Intel' lsgpu
try intel_gem_info 20 intel_gem_info
skip_if intel_stepping 20 'non-intel' intel_stepping
try_says intel_reg-read 20 '0x00002358.*: 0x' intel_reg read 0x2358
try_says intel_reg-dump 60 'GEN8_MASTER_IRQ.*: 0x80000000' intel_reg dump --all
try_says intel_gpu_top 30 'VideoEnhance/0' timeout 8 intel_gpu_top -J -s 500 -o -
try_says intel_gpu_frequency 20 'max: [0-9]+ MHz' intel_gpu_frequency -g
try intel_error_decode 20 intel_error_decode
try_says intel_watermark 20 'PLANE_CTL_1.*0x84' intel_watermark
try intel_gvtg_test 90 intel_gvtg_test
echo 1 >/sys/class/drm/card0/device/rom
cat /sys/class/drm/card0/device/rom >/tmp/rom
try_says intel_vbt_decode 20 'HDMI' intel_vbt_decode --file=/tmp/rom
echo "LAB judge-end $(wedged)"
