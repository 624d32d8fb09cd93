# SPDX-License-Identifier: MIT
#
# Images of Dom0 and of guests, from Debian packages only.  An image is a folder of the cache
# named after everything that goes into it; it is made under a temporary name and renamed when
# whole, so that an interrupted build leaves nothing behind that could be taken for an image.
#
#   dom0-SUITE-KEY/root       rootfs with Xen, its tools, QEMU and what compiles xengt
#                 /disk.ext4  the same as a disk; runs write to a snapshot of it
#                 /xen /vmlinuz /initrd
#   guest-SUITE-KEY/vmlinuz   the stock kernel
#                  /base.cpio.zst busybox, i915 as Debian ships it, test programs; no /init:
#                             that comes from guest/ at each run
#   judge-SUITE-KEY/disk.ext4 a guest's second disk: programs that nobody here wrote, X servers
#                             among them.  Only made for cases that say "# NEEDS: judge".
#   selftest-SUITE-KEY/       a kernel with i915's own tests: see kernel.sh.  Only made for cases that
#                             say "# NEEDS: selftest".

DOM0_PACKAGES=(
	# regular expressions are apt's: the version of Xen is in its packages' names
	linux-image-amd64 '^xen-hypervisor-[0-9.]+-amd64$' '^xen-utils-[0-9.]+$' qemu-system-xen
	kmod procps psmisc strace gdb busybox-static iproute2 netpbm grub-common grub-pc-bin
	# what compiles xengt: the soname of libxenctrl differs from one Xen to the next
	build-essential autoconf automake libtool pkg-config libxen-dev libdrm-dev check
	libpng-dev libisal-dev libseccomp-dev libcap-dev libjson-c-dev
	libneatvnc-dev libsdl2-dev libavformat-dev libavcodec-dev libavutil-dev libswscale-dev
	# what looks at what xengt's viewers made
	xvfb xdotool tigervnc-viewer ffmpeg
)
DOM0_MODULES=(virtio_pci virtio_blk ext4 9pnet_virtio 9p)

GUEST_PACKAGES=(linux-image-amd64 busybox-static libdrm-tests kexec-tools)
# the second line: a keyboard and a mouse for a session that is used; bochs: QEMU's own VGA
GUEST_MODULES=(
	i915 xen-blkfront ext4 bochs
	evdev psmouse uhci-hcd ehci-pci usbhid hid-generic
)
GUEST_PROGRAMS=(modetest vbltest modeprint proptest kexec)

JUDGE_PACKAGES=(
	busybox-static libdrm-tests intel-gpu-tools
	xserver-xorg-core xserver-xorg-video-intel xvfb netpbm
	xserver-xorg-input-evdev twm
	x11-apps x11-utils x11-xserver-utils xterm xfonts-base xfonts-75dpi weston fonts-dejavu-core
)

images_prepare()
{
	local dom0 guest judge= selftest= rc=0
	need_packages mmdebstrap=mmdebstrap mke2fs=e2fsprogs cpio=cpio modprobe=kmod xz=xz-utils \
		zstd=zstd flock=util-linux rsync=rsync \
		/usr/share/keyrings/debian-archive-keyring.gpg=debian-archive-keyring
	mkdir -p -- "$LAB_CACHE"
	out_folder "$LAB_OUT"
	DOM0_IMAGE=$(image_path dom0 "$LAB_DOM0" "${DOM0_PACKAGES[@]}" "${DOM0_MODULES[@]}")
	GUEST_IMAGE=$(image_path guest "$LAB_GUEST" "${GUEST_PACKAGES[@]}" "${GUEST_MODULES[@]}" \
		"${GUEST_PROGRAMS[@]}")
	image_ensure "$DOM0_IMAGE" "$LAB_DOM0" image_make_dom0 &
	dom0=$!
	image_ensure "$GUEST_IMAGE" "$LAB_GUEST" image_make_guest &
	guest=$!
	JUDGE_IMAGE=
	if needed judge; then
		JUDGE_IMAGE=$(image_path judge "$LAB_GUEST" "${JUDGE_PACKAGES[@]}")
		image_ensure "$JUDGE_IMAGE" "$LAB_GUEST" image_make_judge &
		judge=$!
	fi
	SELFTEST_IMAGE=
	if needed selftest; then
		SELFTEST_IMAGE=$(image_path selftest "$KERNEL_SUITE" "${KERNEL_PACKAGES[@]}")
		image_ensure "$SELFTEST_IMAGE" "$KERNEL_SUITE" image_make_selftest &
		selftest=$!
	fi
	trap 'kill $dom0 $guest $judge $selftest 2>/dev/null; wait; exit 130' INT TERM
	wait $dom0 || rc=1
	wait $guest || rc=1
	[ -z "$judge" ] || wait $judge || rc=1
	[ -z "$selftest" ] || wait $selftest || rc=1
	trap - INT TERM
	[ $rc -eq 0 ] || die "no images"
}

# needed WHAT: whether one of the cases to run says that it needs it; without cases, all is needed.
needed()
{
	[ ${#LAB_CASES[@]} -eq 0 ] || grep -qE "^# NEEDS:.* $1( |\$)" "${LAB_CASES[@]}"
}

# image_path KIND SUITE INPUT...: the folder of the image made from these, by these functions.
image_path()
{
	local kind=$1 suite=$2
	shift
	printf '%s/%s-%s-%s\n' "$LAB_CACHE" "$kind" "$suite" "$(
		{
			declare -f "image_make_$kind" image_bootstrap image_modules image_program image_cpio
			[ "$kind" != dom0 ] || cat "$LAB_DIR/dom0/initramfs"
			[ "$kind" != selftest ] || declare -f kernel_build
			[ "$kind" != selftest ] || cat "$LAB_DIR/selftest.config"
		} | digest "$@")"
}

# image_ensure PATH SUITE MAKER: makes the image unless it is there; one maker at a time.
image_ensure()
{
	local path=$1 suite=$2 maker=$3 work lock
	[ ! -d "$path" ] || return 0
	exec {lock}>"${path%-*}.lock"
	flock $lock
	[ ! -d "$path" ] || return 0
	rm -rf -- "${path%-*}".tmp.*
	work=$(mktemp -d "${path%-*}.tmp.XXXXXX")
	chmod 755 "$work"
	# shellcheck disable=SC2064
	trap "rm -rf -- '$work'" EXIT
	trap 'kill $(jobs -p) 2>/dev/null; exit 130' INT TERM
	"$maker" "$suite" "$work" || return 1
	# older images of this kind and suite are of no use to anyone now
	find "$LAB_CACHE" -mindepth 1 -maxdepth 1 -type d -name "$(basename "${path%-*}")-*" \
		-mtime +7 -exec rm -rf -- {} +
	mv -T -- "$work" "$path"
	exec {lock}>&-
}

image_make_dom0()
{
	local suite=$1 work=$2 kernel
	step "Dom0 $suite: packages" "$LAB_OUT/dom0-$suite.log" \
		image_bootstrap "$suite" "$work/root" minbase "${DOM0_PACKAGES[@]}" || return 1
	kernel=$(basename "$work"/root/lib/modules/*)
	cp -- "$work/root/boot/vmlinuz-$kernel" "$work/vmlinuz"
	# QEMU wants a plain ELF
	zcat -- "$work"/root/boot/xen-*-amd64.gz >"$work/xen"
	mkdir -p -- "$work/ram/bin" "$work/root/lab" "$work/root/etc/xen"
	cp -- "$work/root/bin/busybox" "$work/ram/bin/"
	install -m 755 -- "$LAB_DIR/dom0/initramfs" "$work/ram/init"
	image_modules "$work/root" "$work/ram" "${DOM0_MODULES[@]}"
	image_cpio "$work/ram" >"$work/initrd"
	rm -rf -- "$work/ram" "$work"/root/boot/initrd* "$work"/root/boot/System.map*
	echo dom0 >"$work/root/etc/hostname"
	echo '127.0.0.1 localhost dom0' >"$work/root/etc/hosts"
	step "Dom0 $suite: disk" "$LAB_OUT/dom0-$suite-disk.log" \
		mke2fs -q -t ext4 -O ^has_journal -d "$work/root" "$work/disk.ext4" 4G
}

image_make_guest()
{
	local suite=$1 work=$2 kernel image root=$2/root ram=$2/ram program
	step "guest $suite: packages" "$LAB_OUT/guest-$suite.log" \
		image_bootstrap "$suite" "$root" extract "${GUEST_PACKAGES[@]}" || return 1
	[ -e "$root/lib" ] || ln -s usr/lib "$root/lib"
	kernel=$(basename "$root"/lib/modules/*)
	# extraction runs no maintainer script: the module index is not there yet
	depmod -b "$root" "$kernel"
	# in /boot, or where the modules are
	image=$(find "$root"/boot "$root/lib/modules/$kernel/" -maxdepth 1 -name 'vmlinuz*' 2>/dev/null |
		head -n 1)
	[ -n "$image" ] || die "guest $suite: linux-image-amd64 has no kernel"
	cp -- "$image" "$work/vmlinuz" || return 1
	mkdir -p -- "$ram"/{bin,sbin,dev,proc,sys,tmp,lib64,lib/x86_64-linux-gnu,lib/firmware}
	cp -- "$(find "$root" -path '*bin/busybox' | head -n 1)" "$ram/bin/"
	for program in "${GUEST_PROGRAMS[@]}"; do
		image_program "$root" "$ram" "$(find "$root" -path "*bin/$program" -type f | head -n 1)"
	done
	image_modules "$root" "$ram" "${GUEST_MODULES[@]}"
	image_cpio "$ram" | zstd -q -10 >"$work/base.cpio.zst"
	printf '%s\n' "$kernel" >"$work/version"
	rm -rf -- "$root" "$ram"
}

image_make_judge()
{
	local suite=$1 work=$2 size_MB
	step "judge $suite: packages" "$LAB_OUT/judge-$suite.log" \
		image_bootstrap "$suite" "$work/root" minbase "${JUDGE_PACKAGES[@]}" || return 1
	rm -rf -- "$work"/root/var/cache/apt/* "$work"/root/var/lib/apt/lists/*
	# what is mounted over or written to in the guest, whose disk is read-only
	mkdir -p -- "$work"/root/{tmp,run,dev,proc,sys,var/log,var/lib/xkb,tmp/.X11-unix}
	size_MB=$(($(du -sm "$work/root" | cut -f1) * 9 / 8 + 32))
	step "judge $suite: disk" "$LAB_OUT/judge-$suite-disk.log" \
		mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$work/root" "$work/disk.ext4" \
		"${size_MB}M" || return 1
	rm -rf -- "$work/root"
}

# image_bootstrap SUITE ROOT VARIANT PACKAGE...
image_bootstrap()
{
	local suite=$1 root=$2 variant=$3 rc=0 options list=
	shift 3
	mapfile -t options < <(sources_options)
	sources_of "$suite" >"$root.list"
	printf -v list '%s,' "$@"
	# the Dom0's initramfs is ours: INITRD keeps the kernel package from making one
	INITRD=No mmdebstrap --mode=root --variant="$variant" --include="${list%,}" \
		--aptopt='Apt::Install-Recommends "false"' --dpkgopt=force-unsafe-io \
		--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
		${options[@]+"${options[@]}"} "$suite" "$root" "$root.list" || rc=$?
	rm -f -- "$root.list"
	return $rc
}

# image_modules ROOT RAM MODULE...: the modules and what they need, as shipped but decompressed,
# into RAM/modules, and for each MODULE the order of loading in RAM/modules/MODULE.order.
image_modules()
{
	local root=$1 ram=$2 kernel module files file name
	kernel=$(basename "$root"/lib/modules/*)
	shift 2
	mkdir -p -- "$ram/modules"
	for module in "$@"; do
		# "insmod FILE" a line; "builtin NAME" if there is none to load
		files=$(modprobe -C /dev/null -d "$root" -S "$kernel" --show-depends "$module") ||
			die "no module $module in kernel $kernel"
		sed -n 's/^insmod \([^ ]*\).*/\1/p' <<<"$files" | while read -r file; do
			name=$(basename "${file%%.ko*}").ko
			case $file in
			*.xz) xz -dc -- "$file" >"$ram/modules/$name" ;;
			*.zst) zstd -qdc -- "$file" >"$ram/modules/$name" ;;
			*) cp -- "$file" "$ram/modules/$name" ;;
			esac
			echo "$name"
		done >"$ram/modules/$module.order"
	done
}

# image_program ROOT RAM FILE: a program and its libraries, found by the root's own loader.
image_program()
{
	local root=$1 ram=$2 file=$3 loader library
	# a file or, up to bullseye, a link to one beside it
	loader=$(find "$root/usr/lib" "$root/lib/" -name 'ld-linux-x86-64.so.2' \
		-path '*/x86_64-linux-gnu/*' | head -n 1)
	cp -- "$file" "$ram/bin/"
	cp -L -- "$loader" "$ram/lib64/ld-linux-x86-64.so.2"
	"$loader" --library-path "$root/usr/lib/x86_64-linux-gnu:$root/lib/x86_64-linux-gnu" \
		--list "$file" | sed -n "s|.*=> \($root[^ ]*\) .*|\1|p" | while read -r library; do
		cp -L -- "$library" "$ram/lib/x86_64-linux-gnu/"
	done
}

image_cpio()
{
	(cd -- "$1" && find . | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0)
}
