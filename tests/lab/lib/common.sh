# SPDX-License-Identifier: MIT
#
# Words to the person in front of the screen, and small things every part of the lab uses.
# Progress goes to descriptor 3 (standard output, or standard error with --tap).

LAB_START=$SECONDS
exec 3>&1

note()
{
	printf '# [%3ds] %s\n' $((SECONDS - LAB_START)) "$*" >&3
}

die()
{
	printf 'lab: %s\n' "$*" >&2
	exit 1
}

need_root()
{
	[ "$(id -u)" -eq 0 ] || die "must be root: images are made with chroot and mount namespaces"
}

# A suite ends up in file names and in apt's sources.
lab_check_suite()
{
	[[ $1 =~ ^[a-z][a-z0-9-]*$ ]] || die "'$1' is not the name of a Debian suite"
}

# need_packages COMMAND=PACKAGE...: installs the packages whose command is missing.  A command
# that starts with / is a file.
need_packages()
{
	local pair missing=()
	for pair in "$@"; do
		if [[ $pair == /* ]]; then
			[ -e "${pair%%=*}" ] || missing+=("${pair#*=}")
		elif ! command -v "${pair%%=*}" >/dev/null; then
			missing+=("${pair#*=}")
		fi
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	need_root
	step "installing ${missing[*]}" "$LAB_OUT/apt.log" apt_install "${missing[@]}"
}

apt_install()
{
	apt-get update -q
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

# step TEXT LOG COMMAND...: runs a long command with its output in LOG, says that it lives every
# 15 s and how long it took, and shows the log's end when it fails.
step()
{
	local text=$1 log=$2 start=$SECONDS pid rc=0 waited=0
	shift 2
	mkdir -p -- "$(dirname -- "$log")"
	note "$text ..."
	"$@" >"$log" 2>&1 </dev/null &
	pid=$!
	while kill -0 "$pid" 2>/dev/null; do
		sleep 0.2
		waited=$((SECONDS - start))
		if [ "$waited" -gt 0 ] && [ $((waited % 15)) -eq 0 ] && [ "$waited" != "${last-}" ]; then
			local last=$waited
			note "$text: ${waited} s ($(tail -n 1 -- "$log" | tr -cd '[:print:]' | cut -c1-60))"
		fi
	done
	wait "$pid" || rc=$?
	if [ "$rc" -ne 0 ]; then
		tail -n 25 -- "$log" | sed 's/^/# | /' >&3
		note "$text: FAILED ($log)"
		return "$rc"
	fi
	note "$text: done in $((SECONDS - start)) s"
}

# The content address of what is given as arguments and on standard input.
digest()
{
	{ printf '%s\n' "$@"; cat; } | sha256sum | cut -c1-12
}

# source_copy DEST: the tree under test as it is now, without what builds left in it; what a build
# made in DEST stays.
source_copy()
{
	[ -e "$LAB_SRC/configure.ac" ] || die "no configure.ac in $LAB_SRC"
	mkdir -p -- "$1"
	rsync -a --delete --exclude=.git --filter=':- .gitignore' "$LAB_SRC/" "$1/"
}

# out_folder DIR: a folder for results that git does not see.
out_folder()
{
	mkdir -p -- "$1"
	echo '*' >"$1/.gitignore"
}
