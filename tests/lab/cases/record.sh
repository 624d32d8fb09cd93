# SPDX-License-Identifier: MIT
# CASE: a minute's recording has every number the guest drew, or the time it was shown in; killed, it can be played
# LIST: full

# A column as high as the screen: a torn picture shows there, and the decoder has little to do.
WIDTH=16
HEIGHT=600
recorder=(xengt-record record --codec ffv1 --no-cursor --region ${WIDTH}x$HEIGHT+100+0)

# judged NAME: what FFmpeg decodes of a recording, against its own times.
judged()
{
	ffprobe -v error -select_streams v -show_entries frame=pts_time -of csv=p=0 "$1" \
		>"$LAB_TMP/times" 2>"$LAB_TMP/probe"
	ffmpeg -v error -i "$1" -fps_mode passthrough -f rawvideo -pix_fmt bgr0 - 2>>"$LAB_TMP/probe" |
		/usr/lib/xengt-lab/client-judge recorded $WIDTH $HEIGHT "$LAB_TMP/times" 60
}

guest_vgt record memory=384 xengt_job=numbers vgt_mode=800x600 || fail_now "the guest has a console"
ok "the guest flips" guest_paused record sync 60
ok "a minute is recorded" "${recorder[@]}" -o "$LAB_KEEP/minute.mkv" --duration 60 --fps 60
diag "$(ffprobe -v error -show_entries format=duration,size -of default=nw=1 "$LAB_KEEP/minute.mkv")"
if output=$(judged "$LAB_KEEP/minute.mkv" 2>&1); then
	pass "it has every number, or the time for it"
else
	fail "it has every number, or the time for it"
fi
diag "$output" "$(cat "$LAB_TMP/probe")"

"${recorder[@]}" -o "$LAB_TMP/killed.mkv" &
sleep 10
kill -KILL $!
wait $! 2>/dev/null
if output=$(judged "$LAB_TMP/killed.mkv" 2>&1); then
	pass "what was killed can be played, and has its numbers too"
else
	fail "what was killed can be played, and has its numbers too"
fi
diag "$output"

# The default encoder, beside what a picture costs.
ok "ten seconds of the whole screen by the default encoder" \
	xengt-record record -o "$LAB_KEEP/screen.mp4" --duration 10
like "it is 800 by 600" "$(ffprobe -v error -show_entries stream=width,height,codec_name -of csv=p=0 \
	"$LAB_KEEP/screen.mp4")" '800,600'
xengt-record record -o "$LAB_TMP/ended.mkv" 2>"$LAB_TMP/said" &
recording=$!
sleep 5
ok "xl destroy" guest_destroy record
wait $recording
is "a recorder whose guest ends says so by its exit code" $? 3
like "and by a sentence" "$(cat "$LAB_TMP/said")" 'record'
ok "what it has can be decoded" ffmpeg -v error -i "$LAB_TMP/ended.mkv" -f null -
assert_clean
