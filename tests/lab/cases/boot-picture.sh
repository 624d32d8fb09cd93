# SPDX-License-Identifier: MIT
# CASE: before the guest's driver is there, the screenshot is QEMU's boot display; after, the guest's
# LIST: full

# qemu_shows NAME FILE.ppm: QEMU's own picture of its VGA, by QMP, without any help of ours.
qemu_shows()
{
	rm -f "$2"
	perl -MIO::Socket::UNIX -e '
		my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "no socket: $!";
		for my $say ("qmp_capabilities\"",
			     "screendump\",\"arguments\":{\"filename\":\"$ARGV[1]\"}") {
			<$s>;
			print $s "{\"execute\":\"$say}\n";
			$s->flush();
		}
		my $answer = <$s>;
		die $answer unless $answer =~ /return/;' \
		"/var/run/xen/qmp-libxenstat-$(guest_id "$1")" "$2"
}

# before_and_after NAME KEY=VALUE...
before_and_after()
{
	local name=$1
	shift
	# no cursor: it would blink
	ok "$name: xl create" guest_create "$name" "${GUEST_VGT[@]}" \
		xengt_job=plain,late_driver,fbdump cmdline_extra=vt.global_cursor_default=0 "$@" ||
		return 1
	ok "$name: the guest is up without its driver" guest_paused "$name" driver 300
	ok "$name: a picture before the driver" xengt-screenshot "$name" -o "$LAB_TMP/boot.ppm"
	ok "$name: QEMU's own picture" qemu_shows "$name" "$LAB_TMP/qemu.ppm"
	same_picture "$name: they are equal" "$LAB_TMP/boot.ppm" "$LAB_TMP/qemu.ppm"
	guest_go "$name" driver
	ok "$name: the driver is loaded" guest_wait "$name" '^LAB DONE late_driver' 120
	driver_happy "$name"
	picture_is_guests "$name"
	is "$name: it is another one" "$(cmp -s "$LAB_TMP/boot.ppm" "$LAB_TMP/$name.ppm" || echo other)" other
	ok "$name: xl destroy" guest_destroy "$name"
}

before_and_after second vga=stdvga
before_and_after primary vga=stdvga vgt_primary=1

ok "only: xl create" guest_create only "${GUEST_VGT[@]}" xengt_job=plain,late_driver,fbdump vgt_primary=1
ok "only: the guest is up without its driver" guest_paused only driver 300
is "only: there is no boot display, and the message says what to wait for" \
	"$(xengt-screenshot only -o "$LAB_TMP/none.ppm" 2>&1 | grep -ciE 'driver')" 1
guest_go only driver
ok "only: the driver is loaded" guest_wait only '^LAB DONE late_driver' 120
driver_happy only
picture_is_guests only
ok "only: xl destroy" guest_destroy only
assert_clean
