# SPDX-License-Identifier: MIT
# CASE: Weston and its own test clients on the display, and Dom0 sees what Weston says it shows
# NEEDS: judge
# LIST: full

# screen NAME: when the client's window stands still, our picture of it; for later.
screen()
{
	ok "the guest has drawn: $1" guest_paused weston "$1" 240 || return 1
	ok "a screenshot: $1" xengt-screenshot weston -o "$LAB_TMP/screen-$1.ppm"
	guest_go weston "$1"
}

clients=(desktop eventdemo clickdot scaler transformed resizor fullscreen cliptest)
guest_vgt weston memory=768 xengt_job=judge xengt_judge=weston.sh || fail_now "the guest has a console"
for client in "${clients[@]}"; do
	screen "$client" || break
done
guest_judged weston 60 || fail_now "Weston has shown everything"
verdicts weston weston
for client in "${clients[@]}"; do
	same_picture "what Dom0 sees is what Weston shows: $client" \
		"$LAB_TMP/screen-$client.ppm" "$LAB_TMP/weston-kept/screen-$client.ppm"
done
driver_happy weston
ok "xl destroy" guest_destroy weston
assert_clean
