# SPDX-License-Identifier: MIT
#
# Where Debian's archive is: wherever this machine's own apt sources say.  apt is asked, not its
# files, so that both formats of sources, mirrors and proxies are understood as apt does.

# The address of Debian's main archive.
sources_mirror()
{
	local uri
	uri=$(sources_targets)
	if [ -z "$uri" ]; then
		apt-get update -q >&2 || true
		uri=$(sources_targets)
	fi
	[ -n "$uri" ] || die "no Debian archive in this machine's apt sources"
	printf '%s\n' "$uri"
}

sources_targets()
{
	apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(REPO_URI)' \
		'Created-By: Packages' | sed -n 's/^Debian|Debian|main|//p' | head -n 1
}

# The sources of one suite, as mmdebstrap takes them.
sources_of()
{
	printf 'deb %s %s main\n' "$(sources_mirror)" "$1"
}

# mmdebstrap does not read this machine's apt configuration: hand it the proxies, and whether old
# indexes will do.
sources_options()
{
	apt-config dump | sed -n 's/^\(Acquire::\(https\?::Proxy[^ ]*\|Check-Valid-Until\) ".\+"\);$/--aptopt=\1/p'
}
