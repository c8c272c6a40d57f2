// demo: office traffic, and the usual questions asked of it, each shown as it would be typed.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "argus/command.h"
#include "argus/program.h"
#include "base/file.h"
#include "base/result.h"
#include "base/text.h"
#include "demo/demo_traffic.h"
#include "shell/io.h"
#include "shell/options.h"

namespace argus {

namespace {

constexpr const char* kFolder = "argus-demo";

struct Question {
  std::string_view says;
  std::string_view command;  // words split at blanks; '|' between two
};
constexpr auto kQuestions = std::to_array<Question>({
    {"Packets become flow records.", "argus capture -r argus-demo/office.pcap -w argus-demo/office.flows"},
    {"What is on this network?", "argus cluster -m proto -r argus-demo/office.flows -s proto trans pkts bytes"},
    {"Which ports, sent and received? Records go through the pipe, text comes out of it.",
     "argus cluster -M rmon -m proto sport -r argus-demo/office.flows - ip | "
     "argus sort -m bytes proto sport -N 5 -s stime dur proto sport spkts dpkts sbytes dbytes"},
    {"Which services were asked?",
     "argus cluster -m proto dport -r argus-demo/office.flows - tcp | argus sort -m bytes -N 8"},
    {"4444 is not a service you offer. Who talks to it?",
     "argus cluster -m saddr daddr -r argus-demo/office.flows -s stime dur saddr daddr trans sbytes dbytes "
     "- tcp port 4444"},
    {"Who asks for many connections and is refused? That is a scan.",
     "argus cluster -m saddr daddr -r argus-demo/office.flows - tcp and reset | argus sort -m trans -N 3"},
    {"Who pings in bursts?", "argus cluster -m saddr -r argus-demo/office.flows - icmp | argus sort -m spkts -N 3"},
    {"Who sends more through DNS than it should?",
     "argus cluster -m saddr -r argus-demo/office.flows - udp and dst port domain | argus sort -m sbytes -N 3"},
    {"Is it the network or the server? The slowest handshakes:",
     "argus cluster -m saddr daddr dport -r argus-demo/office.flows - tcp | "
     "argus sort -m tcprtt -N 4 -s saddr daddr dport trans tcprtt synack ackdat sloss dloss"},
});

// Runs the program's own commands as processes of their own, connected by pipes; no shell and no other program.
int run_pipeline(std::string_view line, const Io& io) {
  std::vector<pid_t> children;
  int input = -1;
  const auto commands = split_words(line, "|");
  for (std::size_t i = 0; i < commands.size(); i++) {
    std::array<int, 2> ends = {-1, -1};
    const bool last = i + 1 == commands.size();
    if (!last && ::pipe2(ends.data(), O_CLOEXEC) != 0) return 1;
    const pid_t child = ::fork();
    if (child < 0) return 1;
    if (child == 0) {
      if (input >= 0) ::dup2(input, STDIN_FILENO);
      if (!last) ::dup2(ends[1], STDOUT_FILENO);
      for (const int fd : {input, ends[0], ends[1]})
        if (fd > 2) ::close(fd);
      std::vector<std::string> words;
      for (const std::string_view word : split_words(commands[i], " ")) words.emplace_back(word);
      std::vector<char*> argv;
      for (std::string& word : words) argv.push_back(word.data());
      ::_exit(run_program(static_cast<int>(argv.size()), argv.data(), {io.stop, io.signal}));
    }
    children.push_back(child);
    if (input >= 0) ::close(input);
    if (!last) ::close(ends[1]);
    input = ends[0];
  }
  int status = 0;
  for (const pid_t child : children) {
    int one = 0;
    while (::waitpid(child, &one, 0) < 0 && errno == EINTR) continue;
    if (one != 0) status = 1;
  }
  return status;
}

// Runs from where programs are, and not from where it was built.
bool is_installed() {
  std::array<char, 4096> exe{};
  const ssize_t n = ::readlink("/proc/self/exe", exe.data(), exe.size());
  const std::string_view path(exe.data(), n > 0 ? static_cast<std::size_t>(n) : 0);
  return path.substr(0, path.rfind('/')).ends_with("/bin");
}

class Demo final : public Command {
 public:
  Page page() const override {
    return {"",
            "Makes ten minutes of office traffic (built in, always the same), keeps it in ./argus-demo, and asks the\n"
            "usual questions of it. Each command is shown before its answer, as it would be typed.",
            {{"argus demo", "all of it, in a few seconds"}},
            ""};
  }
  void declare(OptionSet&) override {}
  Result<Exit> run(Io& io) override {
    if (::mkdir(kFolder, 0755) != 0 && errno != EEXIST) return fail(Errc::io, "{}: {}", kFolder, system_reason(errno));
    const std::string pcap = std::string(kFolder) + "/office.pcap";
    ARGUS_TRY_LET(Replacement file, Replacement::create(pcap));
    const auto bytes = demo_capture({});
    ARGUS_TRY(file.file().write(bytes));
    ARGUS_TRY(file.commit());
    ARGUS_TRY(io.out.write(fmt::format("Ten minutes of office traffic: {}, {} kB.\n", pcap, bytes.size() / 1000)));
    for (const Question& question : kQuestions) {
      ARGUS_TRY(io.out.write(fmt::format("\n{}\n$ {}\n", question.says, question.command)));
      const int failed = run_pipeline(question.command, io);
      if (*io.stop) return io.interrupted();
      if (failed != 0) return fail(Errc::io, "a question of the demo failed");
    }
    ARGUS_TRY(io.out.write(
        std::string_view("\nNow you:  argus show -r argus-demo/office.flows      argus help      argus cluster -h\n")));
    if (!is_installed())
      ARGUS_TRY(io.out.write(std::string_view(
          "Install:  cmake --install build/release      (puts argus, and its classic names, into /usr/local/bin)\n")));
    return Exit::done;
  }
};

}  // namespace

ARGUS_COMMAND(demo, Demo)

}  // namespace argus
