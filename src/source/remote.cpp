// A thread a sensor: it calls up, asks, reads frames as from a file, and calls up again when the connection is lost.
#include "source/remote.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "base/bytes.h"
#include "base/stream.h"
#include "base/text.h"
#include "base/thread.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "source/feed.h"
#include "source/flow_file.h"
#include "source/kinds.h"
#include "source/open_source.h"

namespace argus {

namespace {

constexpr Nanos kLoginTime = kMinute;  // for whoever types a password to ssh

std::string clock_text(Nanos time) {
  std::string out;
  append_time(time, {TimeStyle::Form::strftime, 0, "%H:%M:%S"}, out);
  return out;
}

std::string seconds_text(Nanos duration) {
  std::string out;
  append_seconds(duration, duration % kSecond == 0 ? 0 : 1, out);
  return out + " s";
}

constexpr std::string_view kClosed = "closed by the sensor";
constexpr int kFirstCallsMost = 4;
constexpr Nanos kCallAgain = 300 * kMillisecond;  // times the number of the call

// Whether calling up again may help.
bool may_pass(const Error& error) {
  return error.code == Errc::io || error.code == Errc::corrupt || error.code == Errc::closed;
}

class Sensor {
 public:
  Sensor(Endpoint endpoint, RemoteOptions options) : endpoint_(std::move(endpoint)), options_(std::move(options)) {}

  [[nodiscard]] Result<> call_up(const std::atomic<bool>& stop) {
    auto connected = options_.dial(endpoint_, stop);
    if (!connected && connected.error().text.starts_with(endpoint_.text)) return std::move(connected.error());
    if (!connected) return while_doing(endpoint_.text, std::move(connected.error()));
    connection_ = File(connected->release(), endpoint_.text);
    return {};
  }
  // To its end, on a thread of its own.
  void run(const Needs& needs, Outlet& out);
  // It could not be reached at first.
  void begin_silent(const Error& why) {
    silent_since_ = wall_now();
    why_ = reason(why);
  }

 private:
  // A connection, until it is over for good, or with the error that ended it.
  [[nodiscard]] Result<> read(const Needs& needs, Outlet& out);
  [[nodiscard]] Result<> read_flows(FlowFile& flows, Outlet& out);
  [[nodiscard]] Result<bool> await(int fd, const Outlet& out);
  [[nodiscard]] bool turned_away(const Error& error) const;
  void lose(const Error& error, Outlet& out);
  [[nodiscard]] std::string reason(const Error& error) const;
  void refuse(Error why, Outlet& out) const;
  void stand(const Needs& needs, Outlet& out);
  [[nodiscard]] LedgerEntry silence() const;
  bool reach(Outlet& out);
  [[nodiscard]] Nanos next_wait() const {
    // Somebody has to change a key first.
    constexpr int kKeyRefused = 10;
    if (why_.starts_with("key not accepted")) return kKeyRefused * options_.retry_most;
    return wait_ == 0 ? options_.retry_first : std::min(2 * wait_, options_.retry_most);
  }
  static bool sleep(Nanos duration, const Outlet& out);
  [[nodiscard]] std::vector<std::byte> request(const Needs& needs) const;

  Endpoint endpoint_;
  RemoteOptions options_;
  File connection_;
  bool stands_ = false;  // this connection has answered
  bool met_ = false;     // some connection has
  Nanos heard_ = 0;      // when it last said something
  std::optional<Nanos> silent_since_;
  int calls_ = 0;    // after the first one, before anything was heard
  Nanos wait_ = 0;   // before the next try; 0: the first one
  std::string why_;  // of the silence, as told last
};

// What is wanted of the stored fields; the filter's own too, which is applied here once more.
std::vector<std::byte> Sensor::request(const Needs& needs) const {
  Request out;
  if (options_.filter.size() <= kRequestFilterMax) out.filter = options_.filter;
  out.fields = stored_inputs(needs.fields);
  if (needs.where) out.fields |= stored_inputs(needs.where->fields());
  out.wants = options_.wants;
  return encode_request(out);
}

// Until there is something to read.
Result<bool> Sensor::await(int fd, const Outlet& out) {
  const bool logs_in = endpoint_.transport == Transport::ssh && !stands_;
  const Nanos patience = logs_in ? std::max(options_.silent_after, kLoginTime) : options_.silent_after;
  const auto since = std::chrono::steady_clock::now();
  heard_ = wall_now();
  while (!out.stopped()) {
    pollfd wait{fd, POLLIN, 0};
    const int ready = ::poll(&wait, 1, static_cast<int>(std::min(kStopSeen, patience) / kMillisecond));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return fail(Errc::io, "{}", system_reason(errno));
    if (std::chrono::steady_clock::now() - since >= std::chrono::nanoseconds(patience))
      return fail(Errc::io, "silent for {}", seconds_text(patience));
  }
  return false;
}

Result<> Sensor::read(const Needs& needs, Outlet& out) {
  if (auto asked = connection_.write(Bytes(request(needs))); !asked)
    return fail(Errc::io, "{}: {}", endpoint_.text,
                endpoint_.transport == Transport::ssh ? "ssh ended before argus answered" : "closed by the sensor");
  auto input = InputStream::open(std::move(connection_), [&](int fd) { return await(fd, out); });
  if (!input) return std::move(input.error());
  ARGUS_TRY_LET(const Bytes head, input->peek(kHeadBytes));
  if (out.stopped()) return {};
  if (head.empty()) return fail(Errc::io, "{}", kClosed);
  if (!recognise_flow_file(head))
    return fail(Errc::foreign, "{}: no sensor: it answers with \"{}\"", endpoint_.text,
                escaped({reinterpret_cast<const char*>(head.data()), std::min<std::size_t>(head.size(), 16)}));
  FlowFile flows(*std::move(input));
  ARGUS_TRY(flows.start());
  if (!flows.has_header()) return fail(Errc::io, "{}", kClosed);
  if (flows.header().ticks != (options_.wants == Wants::ticks))
    return fail(Errc::unsupported, "{}: it was asked for {}, and sends {}", endpoint_.text,
                flows.header().ticks ? "records" : "ticks", flows.header().ticks ? "ticks" : "records");
  Resources resources;
  resources.stop = &out.stop();
  ARGUS_TRY(flows.bind(needs, resources));
  stand(needs, out);
  return read_flows(flows, out);
}

Result<> Sensor::read_flows(FlowFile& flows, Outlet& out) {
  std::size_t told = 0;
  Error why = fail(Errc::io, "{}", kClosed);
  for (bool last = false; !last;) {
    Piece piece;
    auto step = flows.next(piece.rows);
    last = !step || *step == Step::end;
    Journal journal;
    flows.drain(journal);
    piece.ledger = journal.drain();
    // That it ends is told as a lost connection, and is no damage where the reader wanted it.
    const bool stopped = last && out.stopped();
    for (const std::vector<Error> all = flows.problems(); told < all.size() && !stopped; told++)
      if (all[told].code != Errc::closed) piece.problems.push_back(all[told]);
    if (!out.push(std::move(piece)) || stopped) return {};
    if (!step) why = std::move(step.error());
  }
  if (flows.ended()) why = fail(Errc::io, "shut down by the sensor");
  if (flows.header().live || !may_pass(why)) return why;
  Piece piece;  // records that have an end are not asked for twice
  if (!flows.ended())
    piece.problems.push_back(fail(Errc::io, "{}: lost the connection before the end of its records", endpoint_.text));
  out.push(std::move(piece));
  return {};
}

LedgerEntry Sensor::silence() const {
  const Nanos now = std::max(wall_now(), *silent_since_);
  const auto seconds = static_cast<std::uint64_t>((now - *silent_since_ + kSecond - 1) / kSecond);
  return {endpoint_.text, *silent_since_, now, LedgerItem::sensor_silent, std::max<std::uint64_t>(seconds, 1)};
}

// The sensor answers.
void Sensor::stand(const Needs& needs, Outlet& out) {
  wait_ = 0;
  stands_ = met_ = true;
  if (!silent_since_) return;
  Piece piece;
  const LedgerEntry entry = silence();
  piece.status = fmt::format("{}: connected again {} after {} s", endpoint_.text, clock_text(entry.end), entry.count);
  if (needs.when.overlaps(entry.begin, entry.end)) piece.ledger.push_back(entry);
  silent_since_.reset();
  why_ = {};
  out.push(std::move(piece));
}

// The first line of it, without the sensor's name.
std::string Sensor::reason(const Error& error) const {
  std::string_view text = error.text;
  if (text.starts_with(endpoint_.text + ": ")) text.remove_prefix(endpoint_.text.size() + 2);
  return std::string(text.substr(0, text.find('\n')));
}

// Closed without a word: one of too many that called at the same moment. Whoever has a key is let in before long.
bool Sensor::turned_away(const Error& error) const {
  return endpoint_.transport == Transport::tcp && calls_ < kFirstCallsMost && reason(error) == kClosed;
}

void Sensor::lose(const Error& error, Outlet& out) {
  const bool fresh = !silent_since_;
  if (fresh) silent_since_ = heard_ != 0 ? heard_ : wall_now();
  std::string why = reason(error);
  // A sensor that stays away for days is not told of each half minute.
  if (!fresh && why == why_) return;
  why_ = std::move(why);
  const std::string again = "trying again in " + seconds_text(next_wait());
  Piece piece;
  piece.status =
      fresh ? fmt::format("{}: lost the connection {} ({}); {}", endpoint_.text, clock_text(wall_now()), why_, again)
            : fmt::format("{}: {}; {}", endpoint_.text, why_, again);
  out.push(std::move(piece));
}

void Sensor::refuse(Error why, Outlet& out) const {
  Piece piece;
  piece.refusal = std::move(why);
  out.push(std::move(piece));
}

bool Sensor::sleep(Nanos duration, const Outlet& out) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::nanoseconds(duration);
  for (;;) {
    if (out.stopped()) return false;
    const auto left = until - std::chrono::steady_clock::now();
    if (left.count() <= 0) return true;
    std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(left, std::chrono::nanoseconds(kStopSeen)));
  }
}

// Calls up until the sensor is there. False when nobody waits any more, or it will never be.
bool Sensor::reach(Outlet& out) {
  for (;;) {
    wait_ = next_wait();
    if (!sleep(wait_, out)) return false;
    auto reached = call_up(out.stop());
    if (reached) return true;
    if (out.stopped()) return false;
    if (!may_pass(reached.error()) && !met_) return refuse(std::move(reached.error()), out), false;
    lose(reached.error(), out);
  }
}

void Sensor::run(const Needs& needs, Outlet& out) {
  while (connection_.is_open() || reach(out)) {
    stands_ = false;
    auto over = read(needs, out);
    connection_ = File();
    if (over || out.stopped()) break;
    if (!may_pass(over.error()) && !met_) return refuse(std::move(over.error()), out);
    // Who takes a first call and says nothing is no sensor, or wants no reader: it would go on like that.
    if (!met_ && !silent_since_ && turned_away(over.error()) && sleep(++calls_ * kCallAgain, out) &&
        call_up(out.stop()))
      continue;
    if (!met_ && !silent_since_)
      return refuse(fail(over.error().code, "{}: {}", endpoint_.text, reason(over.error())), out);
    lose(over.error(), out);
  }
  if (!silent_since_) return;
  Piece piece;
  if (const LedgerEntry entry = silence(); needs.when.overlaps(entry.begin, entry.end)) piece.ledger.push_back(entry);
  out.push(std::move(piece));
}

}  // namespace

Result<SourcePtr> open_remote(const std::vector<Endpoint>& sensors, const RemoteOptions& options) {
  if (sensors.empty()) return fail(Errc::usage, "no sensor");
  FeedOptions feed;
  feed.stop = std::make_shared<std::atomic<bool>>(false);
  feed.say = options.say;
  feed.header.ticks = options.wants == Wants::ticks;
  std::vector<std::shared_ptr<Sensor>> all;
  for (const Endpoint& endpoint : sensors) all.push_back(std::make_shared<Sensor>(endpoint, options));
  // All at once, so that one that does not answer holds up no other.
  const std::atomic<bool>& stop = options.stop != nullptr ? *options.stop : *feed.stop;
  std::vector<Result<>> reached(all.size());
  std::vector<std::thread> calls;
  for (std::size_t i = 0; i < all.size(); i++) {
    auto call = start_thread("the call", [&, i] { reached[i] = all[i]->call_up(stop); });
    if (call) calls.push_back(*std::move(call));
    else reached[i] = while_doing(sensors[i].text, std::move(call.error()));
  }
  for (std::thread& call : calls) call.join();
  for (std::size_t i = 0; i < all.size(); i++) {
    if (reached[i]) continue;
    all[i]->begin_silent(reached[i].error());
    feed.problems.push_back(reached[i].error());
  }
  if (stop) return fail(Errc::closed, "stopped");
  if (feed.problems.size() == all.size()) return std::move(feed.problems.front());
  if (options.say)
    for (const Error& problem : feed.problems) {
      std::string text = problem.text;
      options.say(text.insert(std::min(text.find('\n'), text.size()), "; it is tried again"));
    }
  std::vector<Feeder> feeders;
  for (std::shared_ptr<Sensor>& sensor : all)
    feeders.emplace_back([sensor](const Needs& needs, Outlet& out) { sensor->run(needs, out); });
  return feed_source(std::move(feed), std::move(feeders));
}

}  // namespace argus
