# SPDX-License-Identifier: MIT
#
# A desktop to be used from Dom0: X on KMS alone (under Intel's own X driver it died in the driver's
# memcpy of its first cursor; why is not known), twm, and an xterm whose shell takes
# orders.  What is typed there reaches the serial line as "LAB typed WORDS".  The colours are such
# that Dom0 finds each part by them in a picture: title bars #c00060, the terminal #102030.

. /tmp/judge/lib.sh

export DISPLAY=:0
FONT=fixed
# xengt.terminal=GEOMETRY
terminal=$(sed -n 's/.*\bxengt\.terminal=\([^ ]*\).*/\1/p' /proc/cmdline)

# event NAME: the device node of the input device whose name matches.
event()
{
	local dir
	for dir in /sys/class/input/event*; do
		if grep -qE "$1" "$dir/device/name"; then
			echo "/dev/input/${dir##*/}"
			return
		fi
	done
}

x_config()
{
	local slot pointer
	slot=$(basename "$(readlink -f /sys/class/drm/card0/device)")
	slot=${slot##*:}
	pointer=$(event 'USB Tablet')
	cat <<-END
	Section "ServerFlags"
		Option "AutoAddDevices" "false"
		Option "AutoAddGPU" "false"
		Option "BlankTime" "0"
		Option "StandbyTime" "0"
		Option "SuspendTime" "0"
		Option "OffTime" "0"
	EndSection
	Section "Module"
		Disable "glx"
	EndSection
	Section "InputDevice"
		Identifier "keyboard"
		Driver "evdev"
		Option "Device" "$(event 'AT .* keyboard')"
		Option "CoreKeyboard"
	EndSection
	Section "InputDevice"
		Identifier "pointer"
		Driver "evdev"
		Option "Device" "${pointer:-$(event 'Mouse')}"
		Option "CorePointer"
	EndSection
	Section "Device"
		Identifier "gpu"
		Driver "modesetting"
		BusID "PCI:0:$((16#${slot%.*})):0"
		Option "AccelMethod" "none"
	EndSection
	Section "ServerLayout"
		Identifier "layout"
		Screen "screen"
		InputDevice "keyboard" "CoreKeyboard"
		InputDevice "pointer" "CorePointer"
	EndSection
	Section "Monitor"
		Identifier "monitor"
		Option "DPMS" "false"
		Option "PreferredMode" "1024x768"
	EndSection
	Section "Screen"
		Identifier "screen"
		Device "gpu"
		Monitor "monitor"
		DefaultDepth 24
	EndSection
	END
}

cat >/tmp/twmrc <<'EOT'
NoGrabServer
OpaqueMove
RandomPlacement "on"
TitleFont "fixed"
MoveDelta 2
Color
{
	TitleBackground "#c00060"
	TitleForeground "#ffffff"
	BorderColor "#606060"
}
Button1 = : title : f.move
EOT

# What can be typed: each order says on the serial line that it came, and changes the picture.
cat >/tmp/orders <<'EOT'
PS1='$ '
typed()
{
	echo "LAB typed $*" >/dev/ttyS0
}
# paint N: the terminal in colour N of xterm's first eight, without a cursor.
paint()
{
	printf '\e[?25l\e[4%dm\e[2J\e[H' "$1"
	typed paint "$1"
}
# blink: one square that changes colour, four times a second
blink()
{
	local n=0
	typed blink
	printf '\e[?25l\e[0m\e[2J'
	while ! read -r -t 0.25 -n 1; do
		printf '\e[5;10H\e[4%dm        ' $((n++ % 6 + 1))
	done
	printf '\e[0m'
	typed still
}
# video: the whole terminal changes, as fast as it can
video()
{
	local n=0
	typed video
	printf '\e[?25l'
	while ! read -r -t 0.02 -n 1; do
		printf '\e[4%dm\e[2J' $((n++ % 6 + 1))
	done
	printf '\e[0m\e[2J\e[H'
	typed still
}
printf '\e[2J\e[H'
typed ready
EOT

ls /sys/class/input | grep -q event || verdict input fail "no input devices"
x_config >/tmp/xorg.conf
# A server that ends says why on the serial line.
(
	/usr/lib/xorg/Xorg $DISPLAY vt1 -config /tmp/xorg.conf -logfile "$KEEP/Xorg.log" -ac -noreset \
		-nolisten tcp -dpi 96 -s 0 >"$KEEP/Xorg.out" 2>&1
	echo "LAB X ended: $?"
	grep -aE '\(EE\)|ssert' "$KEEP/Xorg.out" | tail -n 30
) &
tenths=900
until xdpyinfo >/dev/null 2>&1; do
	if [ $((tenths--)) -le 0 ]; then
		verdict server fail "$(grep -a '(EE)' "$KEEP/Xorg.log" "$KEEP/Xorg.out" |
			head -n 3 | tr '\n' ' ')"
		exit
	fi
	sleep 0.2
done
verdict server pass
xset s off r off 2>/dev/null
xsetroot -solid '#305030' -cursor_name left_ptr
twm -f /tmp/twmrc >"$KEEP/twm" 2>&1 &
xterm -T terminal -fn $FONT -bg '#102030' -fg white -geometry "${terminal:-64x20+100+150}" +sb +bc \
	-e bash --noprofile --rcfile /tmp/orders -i >"$KEEP/xterm" 2>&1 &
verdict desktop pass
pause end
cp /tmp/xorg.conf /tmp/twmrc "$KEEP/"
kill "$(cat /tmp/.X0-lock)"
echo "LAB judge-end $(wedged)"
