# SPDX-License-Identifier: MIT
#
# libdrm's test programs: what the device says of itself, modes, planes, cursor, flips at the
# monitor's rate.  Programs that hold their picture until somebody presses a key get a keyboard
# that says nothing for some seconds.

. /tmp/judge/lib.sh

# hold SECONDS COMMAND...: the command's standard input ends after so long.
hold()
{
	local seconds=$1
	shift
	sleep "$seconds" | "$@"
}

# flips NAME FILE: what the program measured is no more than the monitor's rate; less is the fault
# of the emulated processor, which does not get round to every frame.
flips()
{
	local rates
	rates=$(sed -n 's/^freq: \([0-9.]*\)Hz.*/\1/p' "$KEEP/$2" | tr '\n' ' ')
	if awk '{ for (i = 1; i <= NF; i++) if ($i > 61.5) bad = 1 } END { exit bad || !NF }' <<<"$rates"; then
		verdict "$1" pass "$rates Hz"
	else
		verdict "$1" fail "measured: $rates"
	fi
}

# frames: the CRTC's frame counter as vbltest sees it, and the time.
frames()
{
	echo "$(cut -d' ' -f1 /proc/uptime) $(vbltest -M i915 </dev/null 2>&1 |
		sed -n 's/^starting count: //p')"
}

export -f hold
try drmdevice 20 drmdevice
try modeprint 20 modeprint i915
try proptest 20 proptest -M i915
try modetest-connectors 20 modetest -M i915 -c
try modetest-encoders 20 modetest -M i915 -e
try modetest-planes 20 modetest -M i915 -p
try modetest-framebuffers 20 modetest -M i915 -f

connector=$(awk '$3 == "connected" { print $1; exit }' "$KEEP/modetest-connectors")
crtc=$(awk '/^CRTCs:/ { c = 1 } c && $1 ~ /^[0-9]+$/ { print $1; exit }' "$KEEP/modetest-planes")
size=$(awk '/^  #0/ { print $2; exit }' "$KEEP/modetest-connectors")
# an overlay of the first CRTC: planes list the CRTCs they can go to as a mask
plane=$(awk '/^Planes:/ { p = 1 } p && $1 ~ /^[0-9]+$/ { id = $1 }
	p && / type:/ { t = 1 } t && /value:/ { if ($2 == 0) { print id; exit } t = 0 }' \
	"$KEEP/modetest-planes")
echo "LAB judge-display connector $connector crtc $crtc mode $size overlay $plane"

for pattern in smpte tiles plain gradient; do
	try "modetest-mode-$pattern" 60 bash -c \
		"hold 2 modetest -M i915 -s $connector:$size -F $pattern"
done
try modetest-mode-RG16 60 bash -c "hold 2 modetest -M i915 -s $connector:$size@RG16"
try modetest-mode-atomic 60 bash -c \
	"hold 2 modetest -M i915 -a -s $connector@$crtc:$size -P $plane@$crtc:256x256@XR24"
try modetest-overlay 60 bash -c \
	"hold 2 modetest -M i915 -s $connector@$crtc:$size -P $plane@$crtc:256x256+64+64@XR24"
try modetest-cursor 60 bash -c "hold 4 modetest -M i915 -s $connector:$size -C"
try modetest-flip 120 bash -c "hold 25 modetest -M i915 -s $connector:$size -v"
flips modetest-flip-rate modetest-flip
first=$(frames)
try vbltest 120 bash -c "hold 60 vbltest -M i915"
flips vbltest-rate vbltest
rate=$(awk '{ print ($4 - $2) / ($3 - $1) }' <<<"$first $(frames)")
if awk -v r="$rate" 'BEGIN { exit !(r > 58 && r < 62) }'; then
	verdict frame-rate pass "$rate Hz"
else
	verdict frame-rate fail "$rate Hz"
fi
echo "LAB judge-end $(wedged)"
