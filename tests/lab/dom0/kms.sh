# SPDX-License-Identifier: MIT
#
# The program of tests/kms in a guest, for the cases that run some or all of its parts.

# kms_judged NAME LIST PART...: a guest that runs these parts and the scenes, against the lines of LIST.
kms_judged()
{
	local name=$1 list=$2 part scene
	shift 2
	guest_vgt "$name" "xengt_job=$(printf 'kms_%s,' "$@")kms_scenes" ||
		fail_now "the guest has a console"
	for part in "$@"; do
		ok "the program comes to its end: $part" guest_wait "$name" "^LAB DONE kms_$part\\b" 600
	done
	driver_happy "$name"
	for scene in 0 1 2; do
		ok "scene $scene is shown" guest_paused "$name" "scene$scene" 120 || break
		ok "scene $scene: the reference is a picture" guest_fb "$name" "$LAB_TMP/reference.ppm"
		ok "scene $scene: xengt-screenshot writes a PPM" \
			xengt-screenshot "$name" -o "$LAB_TMP/scene.ppm"
		same_picture "scene $scene: the screenshot equals the reference" "$LAB_TMP/scene.ppm" \
			"$LAB_TMP/reference.ppm"
		guest_go "$name" "scene$scene"
	done
	ok "the scenes are through" guest_wait "$name" '^LAB DONE kms_scenes' 60
	verdicts "$name" "$list"
	xengtctl stats "$name" >"$LAB_KEEP/stats-$name" 2>&1
	ok "xl destroy" guest_destroy "$name"
	assert_clean
}
