# SPDX-License-Identifier: MIT
# CASE: what can be wrong with a domain is said in one sentence by every tool that looks, with its status
# LIST: full

tools=("xengt-screenshot @ -o /dev/null" "xengtctl stats @" "xengtctl monitor @")
! command -v xengt-vnc >/dev/null || tools+=("xengt-vnc @ --unix $LAB_TMP/vnc")
! command -v xengt-record >/dev/null || tools+=("xengt-record @ -o $LAB_TMP/none.mkv")
! command -v xengt-view >/dev/null || tools+=("xengt-view @")

# told DOMAIN STATUS ERE [WRAPPER...]: by each tool, in one line of standard error.
told()
{
	local domain=$1 status=$2 words=$3 tool said got
	shift 3
	for tool in "${tools[@]}"; do
		# shellcheck disable=SC2086
		said=$("$@" timeout 20 ${tool//@/$domain} 2>&1 >/dev/null)
		got=$?
		is "${tool%% *} $domain: the status" "$got" "$status"
		like "${tool%% *} $domain: the sentence" "$said" "$words"
		is "${tool%% *} $domain: one line" "$(grep -c . <<<"$said")" 1
	done
}

told nobody 2 'no domain "nobody"'
told 4711 2 'no domain'
ok "a guest without a vGPU" guest_create plain xengt_job=plain
told plain 3 'no vGPU'
told "$(guest_id plain)" 3 'no vGPU'
ok "xl destroy" guest_destroy plain
told plain 2 'no domain "plain"'

ok "a guest whose driver does not start" guest_create blind "${GUEST_VGT[@]}" xengt_job=plain
ok "it reaches user space" guest_wait blind '^LAB READY'
said=$(xengt-screenshot blind -o /dev/null 2>&1)
is "without a driver, and with vga=none: the status" $? 4
like "without a driver, and with vga=none: the sentence" "$said" 'driver has not started'
if command -v xengt-record >/dev/null; then
	said=$(timeout 20 xengt-record blind -o "$LAB_TMP/none.mkv" 2>&1)
	is "xengt-record without a driver: the status" $? 4
	like "xengt-record without a driver: the sentence" "$said" 'driver has not started'
fi
told blind 5 'permission denied' setpriv --reuid=65534 --regid=65534 --clear-groups
ok "xl destroy" guest_destroy blind

guest_vgt doomed || fail_now "the guest has a console"
lookers=("xengt-screenshot doomed --on-change --format png -o /dev/null")
! command -v xengt-record >/dev/null ||
	lookers+=("xengt-record doomed --region 64x64+0+0 -o $LAB_TMP/doomed.mkv")
# Notices what its clients look at: without one it ends some seconds later.
! command -v xengt-vnc >/dev/null || lookers+=("xengt-vnc doomed --unix $LAB_TMP/doomed.sock")
looking=()
for tool in "${lookers[@]}"; do
	$tool 2>"$LAB_TMP/said-${tool%% *}" &
	looking+=($!)
done
busybox sleep 3
ok "${#looking[@]} tools look" kill -0 "${looking[@]}"
ok "xl destroy, while somebody looks" guest_destroy doomed
for i in "${!looking[@]}"; do
	tool=${lookers[i]%% *}
	wait_for 60 eval "! kill -0 ${looking[i]} 2>/dev/null" || kill "${looking[i]}"
	wait "${looking[i]}"
	is "$tool, the domain dies meanwhile: the status" $? 3
	like "$tool, the domain dies meanwhile: the sentence" "$(cat "$LAB_TMP/said-$tool")" 'has ended|no vGPU|no domain|not running'
	like "$tool, the domain dies meanwhile: the page" "$(cat "$LAB_TMP/said-$tool")" 'black-screen.md'
done
assert_clean
