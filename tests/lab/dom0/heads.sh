# SPDX-License-Identifier: MIT
#
# Pictures of the guest's program tests/kms that are known by number and size: made again here.

KMS_JUDGE=/usr/lib/xengt-lab/guest/judge-bin/kms-judge

# head_is NAME HEAD WIDTH HEIGHT NUMBER: that head's picture.
head_is()
{
	local name=$1 head=$2
	"$KMS_JUDGE" picture "$5" "$3" "$4" >"$LAB_TMP/want.ppm"
	ok "head $head: xengt-screenshot writes a PPM" \
		xengt-screenshot "$name" --head "$head" -o "$LAB_TMP/head$head.ppm" || return 1
	same_picture "head $head: the screenshot equals picture $5 of $3x$4" "$LAB_TMP/head$head.ppm" \
		"$LAB_TMP/want.ppm"
}

# heads_shown NAME: what the guest said last that it shows, as "HEAD WIDTH HEIGHT NUMBER" lines.
heads_shown()
{
	guest_console "$1" | sed -n 's/^LAB shown //p' |
		awk '$1 == "all" { last = now; now = ""; next } { now = now $0 "\n" } END { printf "%s", last }'
}

# heads_are NAME COUNT: so many heads are shown, and each screenshot is right.
heads_are()
{
	local head width height number
	is "heads that the guest shows" "$(heads_shown "$1" | wc -l)" "$2"
	while read -r head width height number; do
		head_is "$1" "$head" "$width" "$height" "$number" </dev/null
	done < <(heads_shown "$1")
}
