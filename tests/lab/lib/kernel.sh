# SPDX-License-Identifier: MIT
#
# The guest kernel with i915's own tests (CONFIG_DRM_I915_SELFTEST), which no Debian kernel has on:
# built whole from Debian's package of kernel source, unchanged, with selftest.config.  Its suite is
# one for all labs, so that there is one list of what the tests say.
# i915.ko alone cannot be built for the stock kernel, because the tests need FAULT_INJECTION.
#
#   selftest-SUITE-KEY/vmlinuz        the kernel
#                     /base.cpio.zst  busybox, its modules in order, /selftests: module parameters

KERNEL_SUITE=bookworm
KERNEL_PACKAGES=(
	linux-source gcc make libc6-dev bc flex bison libelf-dev xz-utils kmod busybox-static
)

# kernel_build ROOT: inside it, as root of it.
kernel_build()
{
	local root=$1
	cp -- "$LAB_DIR/selftest.config" "$root/usr/src/fragment"
	cat >"$root/usr/src/build" <<-'EOF'
		set -e
		cd /usr/src
		mkdir kernel
		tar x --strip-components=1 -C kernel -f linux-source-*.tar.xz
		cd kernel
		make -s allnoconfig KCONFIG_ALLCONFIG=../fragment
		grep -q '^CONFIG_DRM_I915_SELFTEST=y$' .config
		make -j"$(nproc)" bzImage modules
		make -s INSTALL_MOD_PATH=/ INSTALL_MOD_STRIP=1 modules_install
		cp arch/x86/boot/bzImage /boot/vmlinuz
	EOF
	chroot "$root" /bin/bash /usr/src/build
}

image_make_selftest()
{
	local suite=$1 work=$2 root=$2/root ram=$2/ram
	step "selftest kernel $suite: packages" "$LAB_OUT/selftest-$suite.log" \
		image_bootstrap "$suite" "$root" minbase "${KERNEL_PACKAGES[@]}" || return 1
	step "selftest kernel $suite: build" "$LAB_OUT/selftest-$suite-build.log" \
		kernel_build "$root" || return 1
	cp -- "$root/boot/vmlinuz" "$work/vmlinuz"
	mkdir -p -- "$ram"/{bin,sbin,dev,proc,sys,tmp}
	cp -- "$(find "$root" -path '*bin/busybox' | head -n 1)" "$ram/bin/"
	image_modules "$root" "$ram" i915 xen-blkfront
	# a group of tests is a parameter of the module: igt__NUMBER__live_GROUP
	modinfo -F parm "$ram/modules/i915.ko" | sed -n 's/^\(igt__[0-9]*__live_[a-z_0-9]*\):.*/\1/p' \
		>"$ram/selftests"
	image_cpio "$ram" | zstd -q -10 >"$work/base.cpio.zst"
	rm -rf -- "$root" "$ram"
}
