// The only door to libseccomp.
#include "sensor/system_calls.h"

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <memory>
#include <string_view>

#include "base/file.h"

namespace argus {

namespace {

// What neither a sensor nor a reader ever does, and what whoever has taken one over would.
constexpr auto kRefused = std::to_array<const char*>({
  // other programs and processes
  "execve", "execveat", "fork", "vfork", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp",
      "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo",
      // rights
      "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setfsuid", "setfsgid", "setgroups",
      "capset", "add_key", "request_key", "keyctl", "personality",
      // where things are, and devices
      "mount", "umount", "umount2", "pivot_root", "chroot", "unshare", "setns", "open_tree", "move_mount", "fsopen",
      "fsmount", "fsconfig", "fspick", "mount_setattr", "mknod", "mknodat", "open_by_handle_at", "name_to_handle_at",
      "quotactl", "quotactl_fd", "swapon", "swapoff", "fanotify_init",
      // the kernel
      "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register", "init_module",
      "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot", "syslog", "acct", "iopl", "ioperm",
      "modify_ldt", "vhangup", "lookup_dcookie", "nfsservctl", "memfd_secret",
      // the machine's clock and name
      "settimeofday", "stime", "clock_settime", "clock_adjtime", "adjtimex", "sethostname", "setdomainname",
#if !defined(__SANITIZE_ADDRESS__)  // looks for leaks by it
      "ptrace",
#endif
});

// What a sensor does: packets, files, readers, configuration read again, names looked up for it.
constexpr auto kSensor = std::to_array<const char*>({
  // bytes
  "read", "readv", "pread64", "preadv", "write", "writev", "pwrite64", "pwritev", "lseek", "_llseek", "dup", "dup2",
      "dup3", "pipe", "pipe2", "close", "close_range", "fcntl", "fcntl64", "ioctl", "poll", "ppoll", "ppoll_time64",
      "select", "pselect6", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "eventfd2", "splice", "sendfile",
      // files
      "open", "openat", "openat2", "creat", "stat", "stat64", "lstat", "lstat64", "fstat", "fstat64", "fstatat64",
      "newfstatat", "statx", "statfs", "statfs64", "fstatfs", "fstatfs64", "access", "faccessat", "faccessat2",
      "readlink", "readlinkat", "getdents", "getdents64", "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "rename",
      "renameat", "renameat2", "link", "linkat", "chmod", "fchmod", "fchmodat", "chown", "fchown", "lchown", "fchownat",
      "truncate", "ftruncate", "fallocate", "fadvise64", "fsync", "fdatasync", "sync_file_range", "syncfs", "flock",
      "umask", "getcwd", "utimensat",
      // memory and threads
      "munmap", "mremap", "madvise", "brk", "msync", "mincore", "membarrier", "futex", "futex_time64", "futex_waitv",
      "set_robust_list", "get_robust_list", "rseq", "set_tid_address", "sched_yield", "sched_getaffinity",
      "sched_getparam", "sched_getscheduler", "arch_prctl", "prctl", "exit", "exit_group", "restart_syscall",
      // signals
      "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "rt_sigtimedwait", "sigaltstack", "sigreturn",
      "tgkill", "pause",
      // time and itself
      "clock_gettime", "clock_gettime64", "clock_getres", "clock_nanosleep", "clock_nanosleep_time64", "nanosleep",
      "gettimeofday", "time", "times", "getrusage", "getrlimit", "ugetrlimit", "sysinfo", "uname", "getrandom",
      "getpid", "getppid", "gettid", "getuid", "geteuid", "getgid", "getegid", "getgroups", "getresuid", "getresgid",
      "getpgrp", "getpgid", "getsid", "capget",
      // readers and names
      "bind", "listen", "accept", "accept4", "connect", "getsockname", "getpeername", "getsockopt", "setsockopt",
      "sendto", "sendmsg", "sendmmsg", "recvfrom", "recvmsg", "recvmmsg", "recvmmsg_time64", "shutdown", "socketpair",
#if defined(__SANITIZE_ADDRESS__)  // looks for leaks in a process of its own
      "ptrace", "clone", "wait4",
#endif
});

constexpr auto kFamilies = std::to_array<int>({AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET});

struct FreeFilter {
  void operator()(void* filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, FreeFilter>;

// Tells the number of a call that was refused, the first few times, and lets it fail as a call that is not permitted.
extern "C" void on_refused_call(int, siginfo_t* info, void* context) {
  constexpr int kToldMost = 10;
  static std::atomic<int> told = 0;
  const int before = errno;
  if (told.fetch_add(1) < kToldMost) {
    std::array<char, 16> digits{};
    std::size_t at = digits.size();
    for (unsigned left = static_cast<unsigned>(info->si_syscall); at == digits.size() || left != 0; left /= 10)
      digits.at(--at) = static_cast<char>('0' + left % 10);
    const auto say = [](const char* text, std::size_t size) { (void)!::write(STDERR_FILENO, text, size); };
    constexpr std::string_view kWhat = "argus: a system call that it never makes was tried and refused: number ";
    say(kWhat.data(), kWhat.size());
    say(digits.data() + at, digits.size() - at);
    say("\n", 1);
  }
  errno = before;
  auto* machine = &static_cast<ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  machine->gregs[REG_RAX] = -EPERM;
#elif defined(__aarch64__)
  machine->regs[0] = static_cast<unsigned long long>(-EPERM);
#else
  (void)machine;
#endif
}

// A signal that can be answered where it is known how; else the call fails without a word.
constexpr std::uint32_t refusal() {
#if defined(__x86_64__) || defined(__aarch64__)
  return SCMP_ACT_TRAP;
#else
  return SCMP_ACT_ERRNO(EPERM);
#endif
}

Error not_taken(int error) {
  return fail(Errc::unsupported, "this system cannot filter system calls: {}",
              system_reason(error < 0 ? -error : error));
}

// A call that this machine has not is nothing to allow or to refuse.
int rule(const Filter& filter, std::uint32_t action, const char* name, std::initializer_list<scmp_arg_cmp> when = {}) {
  const int number = seccomp_syscall_resolve_name(name);
  if (number == __NR_SCMP_ERROR || number < 0) return 0;
  return seccomp_rule_add_array(filter.get(), action, number, static_cast<unsigned>(when.size()), when.begin());
}

scmp_arg_cmp equals(unsigned argument, std::uint64_t mask, std::uint64_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

// No memory that is written and run, threads and no processes, sockets of the families that a sensor has.
int allow_in_part(const Filter& filter) {
  constexpr std::uint64_t kWritten = PROT_WRITE, kRun = PROT_EXEC, kBoth = kWritten | kRun;
  int bad = 0;
  for (const char* name : {"mmap", "mmap2"})
    for (const std::uint64_t kind : {std::uint64_t{0}, kWritten, kRun})
      bad |= rule(filter, SCMP_ACT_ALLOW, name, {equals(2, kBoth, kind)});
  bad |= rule(filter, SCMP_ACT_ALLOW, "mprotect", {equals(2, kRun, 0)});
#if !defined(__SANITIZE_ADDRESS__)
  bad |= rule(filter, SCMP_ACT_ALLOW, "clone", {equals(0, CLONE_THREAD, CLONE_THREAD)});
#endif
  for (const int family : kFamilies)
    bad |= rule(filter, SCMP_ACT_ALLOW, "socket", {equals(0, UINT32_MAX, static_cast<std::uint64_t>(family))});
  bad |= rule(filter, SCMP_ACT_ALLOW, "prlimit64", {equals(2, UINT64_MAX, 0)});  // to look, not to change
  return bad;
}

// Of a reader: nothing typed into somebody's terminal, no processes. The C library begins its threads by clone where
// there is no clone3, whose arguments cannot be looked at.
int refuse_in_part(const Filter& filter) {
  int bad = 0;
  for (const std::uint64_t request : {std::uint64_t{TIOCSTI}, std::uint64_t{TIOCLINUX}})
    bad |= rule(filter, refusal(), "ioctl", {equals(1, UINT32_MAX, request)});
#if !defined(__SANITIZE_ADDRESS__)
  bad |= rule(filter, refusal(), "clone", {equals(0, CLONE_THREAD, 0)});
#endif
  bad |= rule(filter, SCMP_ACT_ERRNO(ENOSYS), "clone3");
  return bad;
}

Result<Filter> make_filter(Duty duty) {
  // What a sensor's list does not have "is not implemented", so that a newer C library takes the older call for it.
  Filter filter(seccomp_init(duty == Duty::sensor ? SCMP_ACT_ERRNO(ENOSYS) : SCMP_ACT_ALLOW));
  if (!filter) return not_taken(ENOMEM);
  int bad = 0;
  (void)seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1);  // threads that run already, too
  bad |= seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(EPERM));
  (void)seccomp_attr_set(filter.get(), SCMP_FLTATR_API_SYSRAWRC, 1);  // the kernel's reason
  (void)seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);  // a tree in place of a list
  for (const char* name : kRefused) bad |= rule(filter, refusal(), name);
  if (duty == Duty::sensor) {
    for (const char* name : kSensor) bad |= rule(filter, SCMP_ACT_ALLOW, name);
    bad |= allow_in_part(filter);
  } else {
    bad |= refuse_in_part(filter);
  }
  if (bad != 0) return fail(Errc::unsupported, "the filter of system calls could not be made");
  return filter;
}

}  // namespace

Result<> limit_system_calls(Duty duty) {
  ARGUS_TRY_LET(const Filter filter, make_filter(duty));
  struct sigaction action {};
  action.sa_sigaction = on_refused_call;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  if (::sigaction(SIGSYS, &action, nullptr) != 0) return not_taken(errno);
  if (const int bad = seccomp_load(filter.get()); bad != 0) return not_taken(bad);
  return {};
}

}  // namespace argus
