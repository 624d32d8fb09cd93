# SPDX-License-Identifier: MIT
# CASE: every plane, format and modifier, cursor, rotation, scaling, colours: as the guest computes them

guest_vgt kms xengt_job=kms,kms_scenes || fail_now "the guest has a console"
ok "the program comes to its end" guest_wait kms '^LAB DONE kms\b' 600
driver_happy kms
for scene in 0 1 2; do
	ok "scene $scene is shown" guest_paused kms "scene$scene" 120 || break
	ok "scene $scene: the reference is a picture" guest_fb kms "$LAB_TMP/reference.ppm"
	ok "scene $scene: xengt-screenshot writes a PPM" \
		xengt-screenshot kms -o "$LAB_TMP/scene.ppm"
	same_picture "scene $scene: the screenshot equals the reference" "$LAB_TMP/scene.ppm" \
		"$LAB_TMP/reference.ppm"
	guest_go kms "scene$scene"
done
ok "the scenes are through" guest_wait kms '^LAB DONE kms_scenes' 60
verdicts kms kms
xengtctl stats kms >"$LAB_KEEP/stats" 2>&1
ok "xl destroy" guest_destroy kms
assert_clean
