#!/usr/bin/env bash
# Builds the machine's image: out/vm/SUITE/{disk.ext4,vmlinuz,initrd}, made anew only when what it is made of changed.
#   tests/vm/image.sh SUITE        SUITE: a Debian release that has an entry in tests/vm/run.sh (bookworm, trixie)
# The image knows nothing of wgns: program and checks come on a second disk, so that a new build needs no new image.
# Packages come from where this machine's apt has its own; WGNS_VM_MIRROR names another place.
set -euo pipefail
cd "$(dirname "$0")/../.."
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
suite=${1:?usage: tests/vm/image.sh SUITE}
dir=out/vm/$suite

say() { printf 'vm: %s\n' "$*"; }
fail() { printf 'vm: %s\n' "$*" >&2; exit 1; }
as_root() { if [[ $EUID -eq 0 ]]; then "$@"; else sudo "$@"; fi; }

[[ $(uname -m) == x86_64 ]] || fail "the machine is an x86_64 one; this is $(uname -m)"

key=$({ printf '%s\n' "$suite"; cat tests/vm/packages tests/vm/image.sh tests/vm/guest/checks.service; } | sha256sum | cut -d' ' -f1)
if [[ -e $dir/key && $(<"$dir/key") == "$key" && -e $dir/disk.ext4 && -e $dir/vmlinuz && -e $dir/initrd ]]; then
  exit 0
fi

# The archive that apt itself takes Debian's main packages from. Where that is another distribution's, mmdebstrap
# chooses by itself.
mirror() {
  if [[ -n ${WGNS_VM_MIRROR:-} ]]; then
    printf '%s\n' "$WGNS_VM_MIRROR"
  elif command -v apt-get >/dev/null; then
    # shellcheck disable=SC2016 # apt's variables
    apt-get indextargets --format '$(LABEL)|$(COMPONENT)|$(REPO_URI)' 'Created-By: Packages' |
      awk -F '|' '$1 == "Debian" && $2 == "main" { print $3; exit }'
  fi
}

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[[ -e $keyring ]] || fail "there is no $keyring (package debian-archive-keyring)"

began=$SECONDS
say "building the $suite image"
mkdir -p "$dir"
rm -f "$dir/key"
root=$(mktemp -d "${TMPDIR:-/tmp}/wgns-vm.XXXXXX")
trap 'as_root rm -rf "$root"' EXIT

packages=$(grep -v -E '^(#|$)' tests/vm/packages | paste -sd, -)
source=$(mirror)
# Nothing of this machine comes from a generator, and each of the checks' many daemon-reloads ran eleven: 3 to 4 s of it in place of 1 to 2.
# Only what the virtual disk needs goes into the initrd: unpacking all of it takes longer than the rest of the boot.
# shellcheck disable=SC2016 # "$1" is mmdebstrap's
as_root mmdebstrap --quiet --variant=minbase --keyring="$keyring" --include="$packages" \
  --aptopt='Acquire::Languages "none"' \
  --dpkgopt=force-confold \
  --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --essential-hook='mkdir -p "$1/etc/initramfs-tools/conf.d"' \
  --essential-hook='echo MODULES=list >"$1/etc/initramfs-tools/conf.d/wgns"' \
  --essential-hook='printf "%s\n" virtio_pci virtio_blk ext4 >"$1/etc/initramfs-tools/modules"' \
  --customize-hook='copy-in tests/vm/guest/checks.service /etc/systemd/system' \
  --customize-hook='chroot "$1" systemctl --quiet enable checks.service' \
  --customize-hook='chroot "$1" systemctl --quiet mask serial-getty@ttyS0.service serial-getty@ttyS1.service getty@tty1.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_reap.service' \
  --customize-hook='mkdir "$1/etc/systemd/system-generators"; for g in "$1"/usr/lib/systemd/system-generators/*; do ln -s /dev/null "$1/etc/systemd/system-generators/${g##*/}"; done' \
  --customize-hook='chroot "$1" systemctl --quiet disable nscd.service systemd-resolved.service systemd-networkd.service' \
  --customize-hook='echo checks >"$1/etc/hostname"' \
  --customize-hook='echo "127.0.0.1 localhost checks" >"$1/etc/hosts"' \
  --customize-hook='echo "/dev/vda / ext4 defaults 0 0" >"$1/etc/fstab"' \
  --customize-hook='rm -f "$1/etc/resolv.conf"; echo "# no resolver out here" >"$1/etc/resolv.conf"' \
  "$suite" "$root/image" ${source:+"$source"} || fail "mmdebstrap failed (its words are above)"

as_root sh -c "cat '$root'/image/boot/vmlinuz-*" >"$dir/vmlinuz"
as_root sh -c "cat '$root'/image/boot/initrd.img-*" >"$dir/initrd"
rm -f "$dir/disk.ext4"
truncate -s 1500M "$dir/disk.ext4"
as_root mke2fs -q -t ext4 -O ^has_journal -E lazy_itable_init=1,nodiscard -d "$root/image" "$dir/disk.ext4"
printf '%s\n' "$key" >"$dir/key"
say "the $suite image is ready ($((SECONDS - began)) s, $(du -h "$dir/disk.ext4" | cut -f1))"
