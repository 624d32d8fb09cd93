# SPDX-License-Identifier: MIT
#
# Keyboard, mouse and tablet, for the jobs after this one: /dev/input/event*.

job_input()
{
	for module in evdev psmouse ehci-pci uhci-hcd usbhid hid-generic; do
		load $module
	done
	tenths=100
	until grep -q Tablet /proc/bus/input/devices || [ $tenths -eq 0 ]; do
		tenths=$((tenths - 1))
		usleep 100000
	done
	say "input $(grep -c Handlers=.*event /proc/bus/input/devices)"
	say "DONE input"
}
