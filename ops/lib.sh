# What the scripts of ops/ share. Sourced, never run: source "$(dirname "$0")/lib.sh"
# shellcheck shell=bash disable=SC2034  # the lists are for those who source this

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# The packages of Debian 12, each list once. README.md tells what each is for.
PACKAGES_BUILD=(
  g++ cmake ninja-build ccache
  libpoco-dev libboost-dev libboost-filesystem-dev rapidjson-dev libvalijson-dev libyaml-cpp-dev libcurl4-openssl-dev
  libpugixml-dev libical-dev libhowardhinnant-date-dev tzdata libspdlog-dev libcli11-dev
  prometheus-cpp-dev libssl-dev libsqlite3-dev libpq-dev libseccomp-dev ca-certificates curl)
PACKAGES_TEST=(
  libgtest-dev libgmock-dev postgresql-15 openssh-server openssh-client python3 git
  make pkg-config libjansson-dev dpkg-dev file clang-14 libc++-14-dev libc++abi-14-dev # the SDK as its user has it
  doxygen                                               # the SDK's reference
  libclang-rt-14-dev)                                   # libFuzzer
PACKAGES_DEV=(clang-14 clang-format-14 clang-tidy-14 libbenchmark-dev shellcheck)

# What is released, and the agencies that are played.
TARGETS_SHIPPED=(concord concord-runner
  child_welfare_connector juvenile_justice_connector court_connector health_connector)
TARGETS_STORY=(concord-sim concord-story)

# A file that ccache does not know yet need not be preprocessed to be told apart: its dependencies tell.
export CCACHE_DEPEND=${CCACHE_DEPEND:-1}
export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros} # it asks so for precompiled headers

say() { printf '%s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}

# Prints the comment at the top of the calling script.
print_help() { sed -n '2,/^[^#]/{/^#/!d;s/^# \{0,1\}//;p}' "$0"; }

# ensure_packages NAME...: installs what is missing, as root or by sudo; needs nothing if all is there.
ensure_packages() {
  local installed package missing=() as_root=()
  installed=" $(dpkg-query --show --showformat='${db:Status-Status}/${Package} ' "$@" 2>/dev/null || true)"
  for package in "$@"; do
    [[ $installed == *" installed/$package "* ]] || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  if [[ $(id --user) != 0 ]]; then
    command -v sudo >/dev/null ||
      die "packages are missing.  Next: as root, apt-get install --no-install-recommends ${missing[*]}"
    as_root=(sudo)
  fi
  say "installing ${missing[*]}"
  "${as_root[@]}" apt-get update --quiet=2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes \
    --option Dpkg::Use-Pty=0 --no-install-recommends "${missing[@]}" >&2
}

# configure PRESET FOLDER [OPTION...]: each time, since ninja cannot know of a room that is new.
configure() {
  local preset=$1 folder=$2 out
  shift 2
  out=$(cmake --log-level=NOTICE --preset "$preset" -B "$folder" "$@" 2>&1) || die "$out"
}

# names_of FOLDER: the names of the folders in it, or nothing.
names_of() {
  local path
  for path in "$1"/*/; do [[ -d $path ]] && basename "$path"; done
  return 0
}
