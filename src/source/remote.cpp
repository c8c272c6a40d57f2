// A thread a sensor: it calls up, asks, reads frames as from a file, and calls up again when the connection is lost.
#include "source/remote.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "base/bytes.h"
#include "base/stream.h"
#include "base/text.h"
#include "base/thread.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "import/classic.h"
#include "source/feed.h"
#include "source/flow_file.h"
#include "source/imported.h"
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

constexpr int kFirstCallsMost = 4;
constexpr Nanos kCallAgain = 300 * kMillisecond;  // times the number of the call

// As a server does that has too many strangers, or goes down.
Error hung_up() { return fail(Errc::turned_away, "closed by the sensor"); }

Error no_sensor(Bytes head) {
  return fail(Errc::foreign, "not a sensor: it answers with \"{}\"",
              escaped({reinterpret_cast<const char*>(head.data()), std::min<std::size_t>(head.size(), 16)}));
}

// Whether calling up again may help.
bool may_pass(const Error& error) {
  switch (error.code) {
    case Errc::io:
    case Errc::corrupt:
    case Errc::denied:
    case Errc::turned_away:
    case Errc::interrupted: return true;
    default: return false;
  }
}

// Its errors are reasons: whoever hands one on names the sensor.
class RemoteSensor {
 public:
  RemoteSensor(Endpoint endpoint, RemoteOptions options)
      : endpoint_(std::move(endpoint)), options_(std::move(options)) {}

  [[nodiscard]] Result<> call_up(const std::atomic<bool>& stop) {
    ARGUS_TRY_LET(File connected, options_.dial(endpoint_, stop));
    connection_ = File(connected.release(), {});
    return {};
  }
  // To its end, on a thread of its own.
  void run(const Needs& needs, FeedWriter& out);
  // It could not be reached at first.
  void begin_silent(const Error& why) {
    silent_since_ = wall_now();
    why_ = why;
  }

 private:
  // A connection, until it is over for good, or with the error that ended it.
  [[nodiscard]] Result<> read(const Needs& needs, FeedWriter& out);
  [[nodiscard]] Result<> read_argus(InputStream input, const Needs& needs, FeedWriter& out);
  [[nodiscard]] Result<> read_classic_sensor(InputStream input, const Needs& needs, FeedWriter& out);
  // Gives what ended it.
  [[nodiscard]] Error hand_on(Source& flows, FeedWriter& out);
  [[nodiscard]] Result<bool> await(int fd, const FeedWriter& out);
  [[nodiscard]] bool turned_away(const Error& error) const;
  void lose(const Error& error, FeedWriter& out);
  void refuse(Error why, FeedWriter& out) const;
  [[nodiscard]] Notice notice(Notice::About about, std::string_view what) const;
  void stand(const Needs& needs, FeedWriter& out);
  [[nodiscard]] LedgerEntry silence() const;
  bool reach(FeedWriter& out);
  [[nodiscard]] Nanos next_wait() const {
    // Somebody has to change a key first.
    constexpr int kKeyRefused = 10;
    if (why_.code == Errc::denied) return kKeyRefused * options_.retry_most;
    return wait_ == 0 ? options_.retry_first : std::min(2 * wait_, options_.retry_most);
  }
  static bool sleep(Nanos duration, const FeedWriter& out);
  [[nodiscard]] std::vector<std::byte> request(const Needs& needs) const;

  Endpoint endpoint_;
  RemoteOptions options_;
  File connection_;
  bool stands_ = false;  // this connection has answered
  bool met_ = false;     // some connection has
  Nanos heard_ = 0;      // when it last said something
  Nanos patience_ = 0;   // with its silence
  std::optional<Nanos> silent_since_;
  int calls_ = 0;   // after the first one, before anything was heard
  Nanos wait_ = 0;  // before the next try; 0: the first one
  Error why_;       // of the silence, as told last
};

// What is wanted of the stored fields; the filter's own too, which is applied here once more.
std::vector<std::byte> RemoteSensor::request(const Needs& needs) const {
  Request out;
  if (options_.filter.size() <= kRequestFilterMax) out.filter = options_.filter;
  out.fields = stored_inputs(needs.fields);
  if (needs.where) out.fields |= stored_inputs(needs.where->fields());
  out.wants = options_.wants;
  return encode_request(out);
}

// Until there is something to read.
Result<bool> RemoteSensor::await(int fd, const FeedWriter& out) {
  const bool logs_in = endpoint_.transport == Transport::ssh && !stands_;
  const Nanos patience = logs_in ? std::max(patience_, kLoginTime) : patience_;
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

Result<> RemoteSensor::read(const Needs& needs, FeedWriter& out) {
  patience_ = options_.silent_after;
  const bool classic = endpoint_.transport == Transport::classic;
  const std::vector<std::byte> asked = classic ? std::vector<std::byte>() : request(needs);
  if (auto sent = connection_.write(Bytes(asked)); !sent)
    return endpoint_.transport == Transport::ssh ? fail(Errc::io, "ssh ended before argus answered") : hung_up();
  auto input = InputStream::open(std::move(connection_), [&](int fd) { return await(fd, out); });
  if (!input) return std::move(input.error());
  return classic ? read_classic_sensor(*std::move(input), needs, out) : read_argus(*std::move(input), needs, out);
}

// It speaks first, and sends records once it is told to start; management records come at the interval that its first
// one names.
Result<> RemoteSensor::read_classic_sensor(InputStream input, const Needs& needs, FeedWriter& out) {
  if (options_.wants == Wants::ticks) return fail(Errc::unsupported, "a classic sensor has no ticks, only records");
  ARGUS_TRY_LET(const Bytes head, input.peek(kHeadBytes));
  if (out.stopped()) return {};
  if (head.empty()) return hung_up();
  if (!looks_like_classic(head)) return no_sensor(head);
  if (classic_wants_sasl(head))
    return fail(Errc::unsupported, "it asks for SASL, which is not supported; a sensor without it can be read");
  patience_ += 2 * classic_interval(head);
  constexpr std::string_view kStart = "START: ";
  if (::send(input.fd(), kStart.data(), kStart.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(kStart.size()))
    return hung_up();
  const OpenedKind opened = imported(read_classic(std::move(input), {true}), endpoint_.text);
  Resources resources;
  resources.stop = &out.stop();
  ARGUS_TRY(opened.source->bind(needs, resources));
  stand(needs, out);
  Error why = hand_on(*opened.source, out);
  if (out.stopped()) return {};
  return why;
}

Result<> RemoteSensor::read_argus(InputStream input, const Needs& needs, FeedWriter& out) {
  ARGUS_TRY_LET(const Bytes head, input.peek(kHeadBytes));
  if (out.stopped()) return {};
  if (head.empty()) return hung_up();
  if (!recognise_flow_file(head)) return no_sensor(head);
  FlowFile flows(std::move(input), endpoint_.text);
  ARGUS_TRY(flows.start());
  if (!flows.has_header()) return hung_up();
  if (flows.header().ticks != (options_.wants == Wants::ticks))
    return fail(Errc::unsupported, "it was asked for {}, and sends {}", flows.header().ticks ? "records" : "ticks",
                flows.header().ticks ? "ticks" : "records");
  Resources resources;
  resources.stop = &out.stop();
  ARGUS_TRY(flows.bind(needs, resources));
  stand(needs, out);
  Error why = hand_on(flows, out);
  if (out.stopped()) return {};
  if (flows.ended()) why = fail(Errc::io, "shut down by the sensor");
  if (flows.header().live || !may_pass(why)) return why;
  FeedItem item;  // records that have an end are not asked for twice
  if (!flows.ended())
    item.problems.push_back(fail(Errc::io, "{}: lost the connection before the end of its records", endpoint_.text));
  out.push(std::move(item));
  return {};
}

Error RemoteSensor::hand_on(Source& flows, FeedWriter& out) {
  std::size_t told = 0;
  Error why = hung_up();
  for (bool last = false; !last;) {
    FeedItem item;
    auto step = flows.next(item.rows);
    last = !step || *step == Step::end;
    Journal journal;
    flows.drain(journal);
    item.ledger = journal.drain();
    // That it ends is told as a lost connection, and is no damage where the reader wanted it.
    const bool stopped = last && out.stopped();
    for (const std::vector<Error> all = flows.problems(); told < all.size() && !stopped; told++)
      if (all[told].code != Errc::harmless) item.problems.push_back(while_doing(endpoint_.text, all[told]));
    if (!out.push(std::move(item)) || stopped) break;
    if (!step) why = std::move(step.error());
  }
  return why;
}

LedgerEntry RemoteSensor::silence() const {
  const Nanos now = std::max(wall_now(), *silent_since_);
  const auto seconds = static_cast<std::uint64_t>((now - *silent_since_ + kSecond - 1) / kSecond);
  return {endpoint_.text, *silent_since_, now, LedgerItem::sensor_silent, std::max<std::uint64_t>(seconds, 1)};
}

// The sensor answers.
void RemoteSensor::stand(const Needs& needs, FeedWriter& out) {
  wait_ = 0;
  stands_ = met_ = true;
  if (!silent_since_) return;
  FeedItem item;
  const LedgerEntry entry = silence();
  item.notice = notice(Notice::About::sensor_back,
                       fmt::format("connected again {} after {} s", clock_text(entry.end), entry.count));
  if (needs.when.overlaps(entry.begin, entry.end)) item.ledger.push_back(entry);
  silent_since_.reset();
  why_ = {};
  out.push(std::move(item));
}

Notice RemoteSensor::notice(Notice::About about, std::string_view what) const {
  return {fmt::format("{}: {}", endpoint_.text, what), {}, about, endpoint_.text};
}

// Closed without a word: one of too many that called at the same moment. Whoever has a key is let in before long.
bool RemoteSensor::turned_away(const Error& error) const {
  return endpoint_.transport == Transport::tcp && calls_ < kFirstCallsMost && error.code == Errc::turned_away;
}

void RemoteSensor::lose(const Error& error, FeedWriter& out) {
  const bool fresh = !silent_since_;
  if (fresh) silent_since_ = heard_ != 0 ? heard_ : wall_now();
  // A sensor that stays away for days is not told of each half minute.
  const bool told = !fresh && error.text == why_.text;
  why_ = error;
  if (told) return;
  const std::string again = "trying again in " + seconds_text(next_wait());
  FeedItem item;
  item.notice = notice(Notice::About::sensor_away,
                       fresh ? fmt::format("lost the connection {} ({}); {}", clock_text(wall_now()), error.text, again)
                             : fmt::format("{}; {}", error.text, again));
  out.push(std::move(item));
}

void RemoteSensor::refuse(Error why, FeedWriter& out) const {
  FeedItem item;
  item.refusal = while_doing(endpoint_.text, std::move(why));
  out.push(std::move(item));
}

bool RemoteSensor::sleep(Nanos duration, const FeedWriter& out) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::nanoseconds(duration);
  for (;;) {
    if (out.stopped()) return false;
    const auto left = until - std::chrono::steady_clock::now();
    if (left.count() <= 0) return true;
    std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(left, std::chrono::nanoseconds(kStopSeen)));
  }
}

// Calls up until the sensor is there. False when nobody waits any more, or it will never be.
bool RemoteSensor::reach(FeedWriter& out) {
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

void RemoteSensor::run(const Needs& needs, FeedWriter& out) {
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
    if (!met_ && !silent_since_) return refuse(std::move(over.error()), out);
    lose(over.error(), out);
  }
  if (!silent_since_) return;
  FeedItem item;
  if (const LedgerEntry entry = silence(); needs.when.overlaps(entry.begin, entry.end)) item.ledger.push_back(entry);
  out.push(std::move(item));
}

}  // namespace

Result<SourcePtr> open_remote(const std::vector<Endpoint>& sensors, const RemoteOptions& options) {
  if (sensors.empty()) return fail(Errc::usage, "no sensor");
  FeedOptions feed;
  feed.stop = std::make_shared<std::atomic<bool>>(false);
  feed.notify = options.notify;
  feed.header.ticks = options.wants == Wants::ticks;
  std::vector<std::shared_ptr<RemoteSensor>> all;
  for (const Endpoint& endpoint : sensors) all.push_back(std::make_shared<RemoteSensor>(endpoint, options));
  // All at once, so that one that does not answer holds up no other.
  const std::atomic<bool>& stop = options.stop != nullptr ? *options.stop : *feed.stop;
  std::vector<Result<>> reached(all.size());
  std::vector<std::thread> calls;
  for (std::size_t i = 0; i < all.size(); i++) {
    auto call = start_thread("the call", [&, i] { reached[i] = all[i]->call_up(stop); });
    if (call) calls.push_back(*std::move(call));
    else reached[i] = std::move(call.error());
  }
  for (std::thread& call : calls) call.join();
  for (std::size_t i = 0; i < all.size(); i++) {
    if (reached[i]) continue;
    all[i]->begin_silent(reached[i].error());
    feed.problems.push_back(while_doing(sensors[i].text, reached[i].error()));
  }
  if (stop) return fail(Errc::interrupted, "stopped");
  if (feed.problems.size() == all.size()) return std::move(feed.problems.front());
  for (std::size_t i = 0; options.notify && i < all.size(); i++) {
    if (reached[i]) continue;
    Error why = with_outcome(while_doing(sensors[i].text, std::move(reached[i].error())), "argus tries again");
    options.notify({std::move(why.text), std::move(why.hint), Notice::About::sensor_away, sensors[i].text});
  }
  std::vector<Feeder> feeders;
  for (std::shared_ptr<RemoteSensor>& sensor : all)
    feeders.emplace_back([sensor](const Needs& needs, FeedWriter& out) { sensor->run(needs, out); });
  return feed_source(std::move(feed), std::move(feeders));
}

}  // namespace argus
