# SPDX-License-Identifier: MIT
#
# Compiles xengt inside a Dom0's own rootfs, with that suite's compiler and libraries, into
# LAB_OUT/build-SUITE; the rootfs stays as it is (read-only in a mount namespace that vanishes
# with the compiler).  Compiling again only compiles what changed.  For cases that say
# "# NEEDS: other" a second version is made (../other-version).

build_xengt()
{
	local build=$LAB_OUT/build-$LAB_DOM0 other=
	! needed other || other=other
	INSTALL_TREE=$build/install
	mkdir -p -- "$build/obj"
	source_copy "$build/src"
	step "xengt for $LAB_DOM0" "$build.log" build_in_rootfs "$DOM0_IMAGE/root" "$build" $other ||
		die "xengt does not compile in Dom0 $LAB_DOM0: $build.log"
}

build_in_rootfs()
{
	# shellcheck disable=SC2016
	unshare --mount --fork --kill-child sh -euc '
		root=$1 build=$2
		mount --make-rprivate /
		mount --bind "$root" "$root"
		mount -t proc proc "$root/proc"
		mount --bind /dev "$root/dev"
		mount -t tmpfs tmpfs "$root/tmp"
		mount -t tmpfs tmpfs "$root/lab"
		mkdir "$root/lab/build"
		mount --bind "$build" "$root/lab/build"
		mount -o remount,ro,bind "$root"
		exec chroot "$root" /bin/sh /lab/build/src/tests/lab/dom0/compile "$3"
	' sh "$1" "$2" "${3:-}"
}
