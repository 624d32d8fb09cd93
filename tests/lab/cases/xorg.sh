# SPDX-License-Identifier: MIT
# CASE: an X server draws with the blitter what one without a GPU draws, and Dom0 sees it
# NEEDS: judge
# LIST: full
# SECONDS: 3900

# screen NAME SECONDS: when the guest's X server stands still, our picture of it; for later.
screen()
{
	ok "the guest has drawn: $1" guest_paused xorg "$1" "$2" || return 1
	ok "a screenshot: $1" xengt-screenshot xorg -o "$LAB_TMP/screen-$1.ppm"
	SCREENS+=("$1")
	guest_go xorg "$1"
}

SCREENS=()
guest_vgt xorg memory=768 xengt_job=judge xengt_judge=xorg.sh || fail_now "the guest has a console"
submissions=$(vgt_count xorg submissions)
commands=$(vgt_count xorg commands)
screen x11perf 2400
screen clients 900
guest_judged xorg 600 || fail_now "the X servers were compared"
verdicts xorg xorg
for name in "${SCREENS[@]}"; do
	same_picture "what Dom0 sees is what X shows: $name" \
		"$LAB_TMP/screen-$name.ppm" "$LAB_TMP/xorg-kept/screen-$name.ppm"
done
submissions=$(($(vgt_count xorg submissions) - submissions))
commands=$(($(vgt_count xorg commands) - commands))
diag "X made $submissions submissions, $commands commands"
ok "X used the GPU" test "$commands" -gt 1000
driver_happy xorg
ok "xl destroy" guest_destroy xorg
assert_clean
