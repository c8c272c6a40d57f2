// serve: records to readers elsewhere: a relay of sensors, or the far end of ssh.
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <thread>

#include "argus/account.h"
#include "argus/command.h"
#include "argus/input_options.h"
#include "argus/offers.h"
#include "argus/run.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/log.h"
#include "base/result.h"
#include "base/text.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "net/dial.h"
#include "relay/serve.h"
#include "shell/io.h"
#include "shell/options.h"

namespace argus {

namespace {

// Input that has an end begins when the first reader is there to get it.
class AwaitReader final : public Stage {
 public:
  AwaitReader(SourcePtr input, const Server& server) : Stage(std::move(input)), server_(server) {}
  Result<> bind(const Needs& needs, const Resources& resources) override {
    stop_ = resources.stop;
    return input_->bind(needs, resources);
  }
  Result<Step> next(Batch& out) override {
    constexpr auto kLook = std::chrono::milliseconds(20);
    while (server_.counts().accepted == 0 && (stop_ == nullptr || !*stop_)) std::this_thread::sleep_for(kLook);
    return input_->next(out);
  }

 private:
  const Server& server_;
  const std::atomic<bool>* stop_ = nullptr;
};

// Bytes from one descriptor to another as they come; false at the end.
Result<bool> copy_some(int from, File& to) {
  std::array<std::byte, 64 * 1024> buffer;
  const ssize_t got = ::read(from, buffer.data(), buffer.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return true;
  if (got <= 0) return false;
  ARGUS_TRY(to.write(Bytes(buffer).first(static_cast<std::size_t>(got))));
  return true;
}

class Serve final : public Command {
 public:
  Page page() const override {
    return {
        "--listen WHERE... [--remote HOST...] [options] [- filter] | --stdio",
        "Offers records to readers on other machines: records of other sensors, of a pipe or of files. A sensor does\n"
        "not need it, because capture itself listens. --remote ssh:HOST runs it on that host, with --stdio.",
        {{"argus serve --remote sensor1,sensor2 --listen 561", "a relay: two sensors at one place"},
         {"argus capture -i eth0 -w - | argus serve -r - --listen unix:/tmp/argus.sock", "offer a pipe"},
         {"argus serve -r day.flows --listen 192.0.2.40:561", "off loopback readers need keys: argus key new NAME"}},
        "WHERE is a port of loopback, HOST:PORT, [V6]:PORT or unix:PATH; several are separated by blanks or commas.\n"
        "On other addresses than loopback, readers need a [key](key.md). A reader that is too slow misses records and\n"
        "learns how many; it never delays the others. Files are read once the first reader has connected.\n"
        "[remote](../remote.md) explains how the pieces fit."};
  }
  void declare(OptionSet& options) override {
    options.group("addresses to listen on");
    options.list("--listen", "WHERE...", listen_, ListWords::plain,
                 "PORT (of loopback), HOST:PORT, [V6]:PORT, unix:PATH");
    options.common();
    options.value("--keys", "FILE", keys_, "use this file of keys instead of the usual one");
    options.offer(&offered_files);
    options.flag("--stdio", stdio_, "serve the program that started it, from the sensor's socket");
    options.value("--socket", "PATH", socket_, "the sensor's socket, for --stdio (/run/argus/argus.sock)");
    options.offer(&offered_files);
    input_.declare_reading(options);
    options.group("how", OptionSet::Purpose::special);
    account_.declare(options);
  }
  Result<Exit> run(Io& io) override {
    if (stdio_)
      return listen_.empty() ? copy(io) : Result<Exit>(fail(Errc::usage, "--stdio and --listen exclude each other"));
    if (listen_.empty()) return fail(Errc::usage, "--listen is missing: give 561, HOST:PORT or unix:PATH");
    ServeOptions options;
    options.listen = listen_;
    options.keys_path = keys_;
    options.warn = [](const std::string& text) { log_warning(text); };
    ARGUS_TRY_LET(const auto server, Server::open(options));
    ARGUS_TRY_LET(SourcePtr source, input_.open(io));
    if (!source->header().live) source = std::make_unique<AwaitReader>(std::move(source), *server);
    const SinkPtr sink = server->sink();
    const RunOptions run{.input = input_.asked(), .account = account_.account()};
    ARGUS_TRY_LET(const Outcome done, run_pipeline(io, *source, *sink, run));
    return done.exit;
  }

 private:
  // Both ways until the sensor or the reader is gone. A reader that has said all it will say still listens.
  Result<Exit> copy(Io& io) {
    ARGUS_TRY_LET(const Endpoint place,
                  parse_endpoint("unix:" + (socket_.empty() ? "/run/argus/argus.sock" : socket_)));
    DialOptions options;
    options.stop = io.stop;
    auto called = dial(place, options);
    if (!called) return while_doing(escaped(place.text), std::move(called.error()));
    File& sensor = *called;
    bool asks = true;
    while (!*io.stop) {
      std::array<pollfd, 2> ends = {pollfd{sensor.fd(), POLLIN, 0}, pollfd{asks ? io.in.fd() : -1, POLLIN, 0}};
      if (::poll(ends.data(), ends.size(), -1) < 0) continue;  // a signal
      if (ends[0].revents != 0) {
        ARGUS_TRY_LET(const bool more, copy_some(sensor.fd(), io.out));
        if (!more) break;
      }
      if (ends[1].revents != 0) {
        ARGUS_TRY_LET(asks, copy_some(io.in.fd(), sensor));
      }
    }
    return Exit::done;
  }

  InputOptions input_;
  AccountOptions account_;
  std::vector<std::string> listen_;
  std::string keys_, socket_;
  bool stdio_ = false;
};

}  // namespace

ARGUS_COMMAND(serve, Serve)

}  // namespace argus
