// System calls by what the sandbox makes of them, for both sides: the runner's filter is made of
// these lists, and the hub names what was tried. why/sandbox.md tells what each group stops.
#pragma once

#include <sys/syscall.h>

#include <string_view>

namespace concord::runtime {

struct SystemCall {
  int number;
  const char* name;
};

#define CONCORD_CALL(name) \
  SystemCall {             \
    SYS_##name, #name      \
  }

// What no connector has a use for and an attacker has: refused, counted, seen in the status.
constexpr SystemCall kNever[] = {
    // other processes: look into them, end them, start them, become them
    CONCORD_CALL(ptrace),
    CONCORD_CALL(process_vm_readv),
    CONCORD_CALL(process_vm_writev),
    CONCORD_CALL(process_madvise),
    CONCORD_CALL(kcmp),
    CONCORD_CALL(pidfd_open),
    CONCORD_CALL(pidfd_getfd),
    CONCORD_CALL(pidfd_send_signal),
    CONCORD_CALL(rt_sigqueueinfo),
    CONCORD_CALL(rt_tgsigqueueinfo),
    CONCORD_CALL(tkill),
    CONCORD_CALL(execve),
    CONCORD_CALL(execveat),
#ifdef SYS_fork
    CONCORD_CALL(fork),
    CONCORD_CALL(vfork),
#endif
    CONCORD_CALL(setuid),
    CONCORD_CALL(setgid),
    CONCORD_CALL(setreuid),
    CONCORD_CALL(setregid),
    CONCORD_CALL(setresuid),
    CONCORD_CALL(setresgid),
    CONCORD_CALL(setfsuid),
    CONCORD_CALL(setfsgid),
    CONCORD_CALL(setgroups),
    CONCORD_CALL(capset),
    CONCORD_CALL(setsid),
    CONCORD_CALL(setpgid),
    // the machine: mounts, namespaces, modules, clocks, names, keys, programs in the kernel
    CONCORD_CALL(mount),
    CONCORD_CALL(umount2),
    CONCORD_CALL(pivot_root),
    CONCORD_CALL(chroot),
    CONCORD_CALL(move_mount),
    CONCORD_CALL(open_tree),
    CONCORD_CALL(fsopen),
    CONCORD_CALL(fsconfig),
    CONCORD_CALL(fsmount),
    CONCORD_CALL(fspick),
    CONCORD_CALL(mount_setattr),
    CONCORD_CALL(unshare),
    CONCORD_CALL(setns),
    CONCORD_CALL(init_module),
    CONCORD_CALL(finit_module),
    CONCORD_CALL(delete_module),
    CONCORD_CALL(kexec_load),
    CONCORD_CALL(reboot),
    CONCORD_CALL(swapon),
    CONCORD_CALL(swapoff),
    CONCORD_CALL(settimeofday),
    CONCORD_CALL(clock_settime),
    CONCORD_CALL(clock_adjtime),
    CONCORD_CALL(adjtimex),
    CONCORD_CALL(sethostname),
    CONCORD_CALL(setdomainname),
    CONCORD_CALL(acct),
    CONCORD_CALL(quotactl),
    CONCORD_CALL(syslog),
    CONCORD_CALL(add_key),
    CONCORD_CALL(request_key),
    CONCORD_CALL(keyctl),
    CONCORD_CALL(bpf),
    CONCORD_CALL(perf_event_open),
    CONCORD_CALL(userfaultfd),
    CONCORD_CALL(io_uring_setup),
    CONCORD_CALL(io_uring_enter),
    CONCORD_CALL(io_uring_register),
    CONCORD_CALL(seccomp),
    // what others share with it
    CONCORD_CALL(shmget),
    CONCORD_CALL(shmat),
    CONCORD_CALL(shmctl),
    CONCORD_CALL(msgget),
    CONCORD_CALL(msgsnd),
    CONCORD_CALL(msgrcv),
    CONCORD_CALL(semget),
    CONCORD_CALL(semop),
    CONCORD_CALL(mq_open),
    CONCORD_CALL(mq_unlink),
    CONCORD_CALL(fanotify_init),
    CONCORD_CALL(name_to_handle_at),
    CONCORD_CALL(open_by_handle_at),
    CONCORD_CALL(mknodat),
#ifdef SYS_mknod
    CONCORD_CALL(mknod),
#endif
    // messages that carry descriptors, or go to an address that nobody has looked at
    CONCORD_CALL(sendmsg),
    CONCORD_CALL(sendmmsg)};

// What names a path: the hub looks at it, so that an attempt is seen; Landlock is what holds.
// The argument that the path is in; its folder's descriptor, if any, is the one before.
struct PathCall {
  int number;
  int path;
  int flags;  // argument with open's flags; -1: it always writes
  bool has_folder;
};
constexpr PathCall kPaths[] = {
#ifdef SYS_open
    {SYS_open, 0, 1, false},
    {SYS_creat, 0, -1, false},
    {SYS_mkdir, 0, -1, false},
    {SYS_rmdir, 0, -1, false},
    {SYS_unlink, 0, -1, false},
    {SYS_rename, 1, -1, false},
    {SYS_link, 1, -1, false},
    {SYS_symlink, 1, -1, false},
    {SYS_chmod, 0, -1, false},
#endif
    {SYS_openat, 1, 2, true},
    {SYS_mkdirat, 1, -1, true},
    {SYS_unlinkat, 1, -1, true},
    {SYS_renameat, 3, -1, true},
    {SYS_renameat2, 3, -1, true},
    {SYS_linkat, 3, -1, true},
    {SYS_symlinkat, 2, -1, true},
    {SYS_truncate, 0, -1, false},
    {SYS_fchmodat, 1, -1, true}};

// What the hub does in the runner's place, on the runner's socket.
constexpr SystemCall kNetwork[] = {CONCORD_CALL(connect), CONCORD_CALL(bind), CONCORD_CALL(listen)};

#undef CONCORD_CALL

}  // namespace concord::runtime
