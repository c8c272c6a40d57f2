// What to read, the same letters in every reading command: files, sensors, time range, filter, and how captures are
// metered.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "argus/account.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/field.h"
#include "flow/notice.h"
#include "flow/source.h"
#include "flow/times_met.h"
#include "flow/when.h"
#include "flow/where.h"
#include "meter/meter.h"
#include "packet/decode.h"
#include "sensor/rights.h"
#include "shell/io.h"
#include "shell/options.h"

namespace argus {

class InputOptions {
 public:
  // What captures hold is datagrams of exporters, and their flows are read.
  void collect_captures();
  // Of a command that makes records: files only.
  void declare(OptionSet& options);
  // Of a command that reads them: also from sensors, and files that grow.
  void declare_reading(OptionSet& options);
  // Of a display that goes on (top): as declare_reading(), and interfaces of this machine (-i). What is live, remote or
  // here, gives ticks in place of records, which the source's header().ticks tells; files give their records. A tick
  // (meter/meter.h) is a flow that had packets in the last second or so, with that second's counters alone, so that a
  // display adds them up; direction may turn between two ticks of a flow, until its first record was due. Gaps
  // and drops come as ledger entries as ever; a relay and a pipe of records have no ticks, the relay refuses.
  // -i needs the right to capture. Who has opened interfaces gives up the rights of the process then (rights()), and
  // limits its system calls, before the first packet is read.
  void declare_watching(OptionSet& options);
  // Checks filter and time range, then opens the inputs: the rows that io hands on, files, sensors, standard input when
  // nothing is named, or an error that says what to give. The source delivers only what filter and range let through.
  // What it tells of the input from then on is of the one that was opened first.
  [[nodiscard]] Result<SourcePtr> open(Io& io);

  [[nodiscard]] const std::vector<std::string>& paths() const { return paths_; }
  // The same before open(), too, where io hands rows on.
  [[nodiscard]] const std::vector<std::string>& paths_of(const Io& io) const;
  [[nodiscard]] bool is_handed() const { return handed_; }  // open() took what io handed on
  [[nodiscard]] const std::optional<std::string>& filter() const { return filter_; }
  // As if the command line had this filter, these files, this range.
  void filter_by(std::string filter) { filter_ = std::move(filter); }
  void read_from(std::vector<std::string> paths) { paths_ = std::move(paths), directories_.clear(); }
  void limit_time(std::string range) { time_ = std::move(range), since_.reset(), until_.reset(); }
  // Each -t that was given; without more ado the last one counts.
  [[nodiscard]] const std::vector<std::string>& times() const { return times_; }
  [[nodiscard]] const TimeSpan& span() const { return span_; }
  [[nodiscard]] InputAsked asked() const {
    return {span_, explain_, read_for_, has_time_range() ? std::string_view() : why_nothing_passed_};
  }
  // Reads standard input: nothing else was named, or "-" was.
  [[nodiscard]] bool reads_stdin() const;
  [[nodiscard]] std::string filter_text() const { return filter_.value_or(""); }
  // Of this machine's interfaces, which can be opened but once: rights go with it.
  [[nodiscard]] bool reads_interfaces() const { return !words_of(Feed::interfaces).empty(); }
  [[nodiscard]] RightsOptions rights() const;  // that are to be given up once interfaces are open
  void limit_calls() const;  // of the system, to those that its work takes; done by open() but for interfaces
  [[nodiscard]] bool limits_calls() const { return !all_calls_; }  // of the system, to those that its work takes
  [[nodiscard]] bool has_time_range() const { return !time_.empty() || since_ || until_; }
  [[nodiscard]] bool has_labels() const { return !label_files_.empty(); }
  [[nodiscard]] bool has_time_limit() const { return read_for_ != 0; }  // -T
  // Opened again, all of it is read that the range left out, without a word. Only of files.
  void forget_time_range() {
    time_.clear(), since_.reset(), until_.reset();
    span_ = {}, cut_ = explain_ = false;
  }
  // Of what goes on until it is stopped: sensors, interfaces, a pipe from one of them, a file that is followed.
  [[nodiscard]] bool is_live(const Source& source) const { return source.header().live && (!reads_files() || follow_); }
  // Every file that is read, those of folders too.
  [[nodiscard]] std::vector<std::string> files() const;
  [[nodiscard]] bool reads_files() const { return !reads_feed() && !reads_stdin() && !reads_database(); }
  // A database's records, which other programs go on writing; opened again, it gives all that it has then.
  [[nodiscard]] bool reads_database() const;
  // Opened a second time, it gives the same again; usage error for what does not, which `who` ("--against") has to read
  // more than once.
  [[nodiscard]] Result<> check_rereadable(std::string_view who) const;
  // Files that are being written as they are opened are followed, as with --follow.
  void follow_written() { follow_written_ = true; }
  [[nodiscard]] bool reads_sensors() const { return sensors() != 0; }
  [[nodiscard]] std::size_t sensors() const { return words_of(Feed::sensors).size(); }
  // For what ticks do not tell: after declare_watching(), live input gives records all the same.
  void ask_for_records() { watching_ = false; }
  // Of a command that misses its words: the hint says which words -r took for files that are not there.
  [[nodiscard]] Error words_missing(Error error) const;
  // What is read, in a word: sensors, files without their folders, standard input.
  [[nodiscard]] std::string describe() const;
  // Who hears of sensors lost and regained while reading; else the log does.
  void set_listener(NoticeTaker say) { say_ = std::move(say); }
  // For a command that chooses among the rows itself, by wanted(): open() gives all of them.
  void leave_choice() { leaves_choice_ = true; }
  // For a command that puts records together which have the same values of these stored fields, and needs no more of
  // them than merging keeps (flow/merge.h): a database may do part of it. Not to be called where rows are chosen by
  // number.
  void will_group(FieldSet by) { grouped_by_ = std::move(by); }
  // For one to which the order of the records does not matter.
  void take_any_order() { any_order_ = true; }
  // For a command that says itself where there is data when the time range misses it.
  void leave_missed_range_unsaid() { says_missed_ = false; }
  // The rows that filter and range let through, null: all; sets span(). Usage errors.
  [[nodiscard]] Result<WherePtr> wanted();
  [[nodiscard]] Result<MeterOptions> meter_options() const;
  // Where neither --details nor --no-details is given.
  void meter_fields(FieldsMetered fields) { fields_ = fields; }
  [[nodiscard]] Nanos pair_window() const { return pair_; }  // --pair; 0: records stay as they are

 private:
  void declare_files(OptionSet& options);
  void declare_metering(OptionSet& options);
  void declare_times(OptionSet& options);
  [[nodiscard]] Result<std::optional<When>> range() const;
  [[nodiscard]] std::string range_words() const;
  [[nodiscard]] Result<> check_commands() const;
  [[nodiscard]] Result<> check_paths() const;
  [[nodiscard]] Result<SourcePtr> open_files(const Io& io) const;
  [[nodiscard]] Result<SourcePtr> open_input(const Io& io, const WherePtr& where);
  [[nodiscard]] Result<SourcePtr> open_database(const Io& io, const WherePtr& where) const;
  [[nodiscard]] SourcePtr take_handed(Io& io);
#define FEED(name, ...) [[nodiscard]] Result<SourcePtr> open_##name(const Io& io) const;
#include "argus/feeds.def"

  // Live inputs (feeds.def), of which one is read, or files.
  enum class Feed : std::uint8_t {
#define FEED(name, ...) name,
#include "argus/feeds.def"
  };
  static constexpr std::size_t kFeeds = 0
#define FEED(...) +1
#include "argus/feeds.def"
      ;
  struct FeedKind;
  [[nodiscard]] static const std::array<FeedKind, kFeeds>& feed_kinds();
  enum class FeedOf : std::uint8_t { reading, watching };  // commands that read records, displays that go on
  void declare_feeds(OptionSet& options, FeedOf of);
  [[nodiscard]] Result<const FeedKind*> feed_named() const;
  [[nodiscard]] Error nothing_to_read() const;
  [[nodiscard]] const std::vector<std::string>& words_of(Feed feed) const {
    return feeds_[static_cast<std::size_t>(feed)];
  }
  // The option was given, with words (FEED, alone).
  [[nodiscard]] bool reads_feed(std::size_t kind) const;
  [[nodiscard]] bool reads_feed() const;
  [[nodiscard]] bool collects_captures() const;

  std::array<std::vector<std::string>, kFeeds> feeds_;  // the words given for each
  std::vector<std::string> paths_, directories_, key_words_, times_, label_files_;
  std::string time_, sensor_, kernel_filter_;
  Tunnels tunnels_ = Tunnels::inner;
  FieldsMetered fields_ = FieldsMetered::by_need;
  bool details_ = false, no_details_ = false, names_ = false;
  std::string_view why_nothing_passed_ = {};
  std::optional<std::string> filter_, since_, until_;
  Nanos status_ = 0, read_for_ = 0, pair_ = 0;
  bool reading_ = false, follow_ = false, follow_written_ = false, watching_ = false, not_promiscuous_ = false;
  bool all_calls_ = false, stay_root_ = false, explain_ = false;
  std::uint32_t flows_max_ = 0;
  bool leaves_choice_ = false, any_order_ = false;
  std::optional<FieldSet> grouped_by_;
  bool borders_ = false;  // the time range is no more than span_
  bool says_missed_ = true, zone_said_ = false, handed_ = false, cut_ = false;
  TimeSpan span_;
  std::shared_ptr<TimesMet> met_;  // by the time range
  static void log_notice(const Notice& notice);
  NoticeTaker say_ = log_notice;
};

}  // namespace argus
