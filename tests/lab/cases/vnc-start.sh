# SPDX-License-Identifier: MIT
# CASE: vgt_vnc= starts a VNC server for each head, without privileges, and it ends with its guest
# NEEDS: judge
# LIST: full

USER_NAME=observer
grep -q "^$USER_NAME:" /etc/passwd || echo "$USER_NAME:x:4711:4711::/:/bin/false" >>/etc/passwd

guest_vgt seen vgt_vnc=$USER_NAME vgt_heads=2 memory=384 || fail_now "the guest has a console"
dir=/run/xengt/$(guest_id seen).vnc
servers()
{
	pgrep -x xengt-vnc
}
for head in 0 1; do
	ok "head $head has a socket" wait_for 20 test -S "$dir/$head.sock"
done
is "there are two servers" "$(servers | wc -l)" 2
for pid in $(servers); do
	is "a server's user" "$(sed -n 's/^Uid:\t//p' "/proc/$pid/status")" $'4711\t4711\t4711\t4711'
	is "a server's capabilities" "$(sed -n 's/^CapEff:\t//p' "/proc/$pid/status")" 0000000000000000
done
is "the directory's user and mode" "$(stat -c '%u %a' "$dir")" "4711 700"

export DISPLAY=:9
Xvfb $DISPLAY -screen 0 1024x768x24 -nolisten tcp >"$LAB_KEEP/xvfb.log" 2>&1 &
screen=$!
wait_for 60 xdotool getmouselocation
xengt-screenshot seen -o "$LAB_KEEP/console.png"
SDL_VIDEODRIVER=x11 xengt-view seen >"$LAB_KEEP/view.log" 2>&1 &
viewer=$!
ok "xengt-view has a window" wait_for 60 xdotool search --name seen
sleep 5
ffmpeg -v error -y -f x11grab -video_size 1024x768 -i $DISPLAY -frames:v 1 "$LAB_KEEP/view.png"
kill $viewer
xengtctl top -b -d 2 -n 2 >"$LAB_KEEP/top.txt" 2>&1
diag "$(tail -n 6 "$LAB_KEEP/top.txt")"
kill $screen

socket=/run/xengt/$(guest_id seen).sock
before=$(stat -c '%u %a %i' "$socket")
is "the guest's socket is the user's" "${before% *}" "4711 600"
pkill -KILL -x xengt-worker
ok "another worker takes over" wait_for 20 eval '[ "$(stat -c "%u %a %i" "$socket")" != "$before" ]'
is "the new socket is the user's, too" "$(stat -c '%u %a' "$socket")" "4711 600"
is "both servers go on" "$(servers | wc -l)" 2

ok "xl destroy" guest_destroy seen
ok "the servers end with their guest" wait_for 20 eval '! pgrep -x xengt-vnc'
is "their directory is gone" "$(ls -d "$dir" 2>/dev/null)" ""
assert_clean
