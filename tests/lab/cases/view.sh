# SPDX-License-Identifier: MIT
# CASE: a desktop is seen and used through a window in Dom0, which outlives the worker
# NEEDS: judge
# LIST: full

. /lab/dom0/desktop.sh

desktop_up desktop
screen_up
SDL_VIDEODRIVER=x11 xengt-view desktop >"$LAB_KEEP/view.log" 2>&1 &
viewer=$!
client desktop || fail_now "the window shows the guest"
sleep 2
use_it 4
screen_shot view
kill -KILL "$(pgrep -x xengt-worker)"
point $((left + 320)) $((top + 250))
order 'paint 5'
ok "when the worker is another, a line is obeyed as before" says desktop 'paint 5'
ok "and seen on the captured screen" wait_for 30 fills "${COLOURS[5]}"
magenta()
{
	screen_shot view-later
	ffmpeg -v error -y -i "$LAB_KEEP/view-later.png" "$LAB_TMP/later.ppm"
	at=$("$JUDGE" box "$LAB_TMP/later.ppm" "${COLOURS[5]}") && [ "${at##* }" -gt 50000 ]
}
ok "and in the window" wait_for 30 magenta
desktop_down
ok "the window ends with its guest" wait_for 60 eval "! kill -0 $viewer 2>/dev/null"
diag "$(tail -n 3 "$LAB_KEEP/view.log")"
kill "$screen"
assert_clean
