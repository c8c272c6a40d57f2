// What `top` knows: the flows it keeps, the table made of them, what was lost, and what a frame of it shows.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/notice.h"
#include "flow/pump.h"
#include "flow/source.h"
#include "flow/where.h"
#include "query/key.h"
#include "store/flow_store.h"
#include "store/live_table.h"
#include "top/look.h"
#include "top/reader.h"
#include "top/scans.h"

namespace argus {

inline constexpr Nanos kSaidFor = 10 * kSecond;  // how long a sentence is shown

// What the table is made by. Another one means that it is made anew, of the flows that are kept.
struct TopAsk {
  KeyWords key;
  bool rmon = false;
  WherePtr where;   // of the flows that are read
  FieldSet fields;  // that rows are asked for
  std::size_t groups_max = 500'000;
};

struct TopRow {
  std::array<Traffic, kRateSeconds.size()> rates;
  Traffic total;
  std::vector<Traffic> history;
  std::string mark;  // of what scans: mark_of()
};

// Plain values: what is drawn, and drawn again while the picture is held.
struct TopPicture {
  Batch batch;  // the merged records of rows
  std::vector<TopRow> rows;
  std::vector<std::uint32_t> groups;            // of rows; good while `made` is that of the model
  std::size_t first = 0, listed = 0, idle = 0;  // the first row's place among those listed; those that are not
  std::array<Traffic, kRateSeconds.size()> total_rates;
  std::array<double, kRateSeconds.size()> seconds = {1, 1, 1};  // that rates are over: fewer while there were fewer
  Traffic total;
  double sorted_total = 0;  // of the counter that rows are sorted by
  std::vector<Traffic> history;
  Nanos now = 0, since = 0;  // 0: nothing came
  std::uint64_t records = 0, made = 0;
  bool live = false, ended = false;
  bool instead = false;             // records, since there are no ticks
  unsigned anew = 100;              // percent of the kept flows that the table is made of
  std::vector<std::string> losses;  // what is missing, in words; empty: nothing is
  std::vector<std::string> away;    // sensors that do not answer
  std::string said;                 // the last sentence
};

class TopModel {
 public:
  TopModel(TopAsk ask, std::uint64_t memory_max, bool live);

  void take(const TopUpdate& update, Nanos steady);
  // Lets the stream's time go on where nothing came.
  void pass(Nanos steady);
  void ask(TopAsk ask);
  void zero();
  // A part of the table's making anew; false when there is nothing to do.
  bool make_some();

  [[nodiscard]] FieldSet needs() const { return table_.needs() | ScanDetector::fields(); }
  // `fresh`: rows are put in order; else the order of the last time is good enough, if it still is one.
  [[nodiscard]] TopPicture picture(const TopLook& look, Nanos idle, std::size_t first, std::size_t rows, bool fresh);
  // One more row of a picture that was made by this model as it is, if it still is.
  [[nodiscard]] std::optional<TopPicture> one(std::uint32_t group, std::uint64_t made) const;
  // All rows that are listed, in order, as batches.
  [[nodiscard]] std::vector<Batch> everything(const TopLook& look, Nanos idle) const;

  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] std::uint64_t records() const { return records_; }
  // Records, ledger and problems so far.
  [[nodiscard]] Pumped read() const { return {records_, journal_, problems_}; }

 private:
  void add(const Batch& batch);
  void take(const Notice& notice);
  [[nodiscard]] std::vector<std::string> losses() const;
  void fill(TopPicture& picture) const;

  TopAsk ask_;
  bool live_, ended_ = false, instead_ = false;
  FlowStore store_;
  LiveTable table_;
  ScanDetector scans_;  // of all that is read, whatever the filter of the table
  SourcePtr again_;     // the kept flows, while the table is made anew
  std::uint64_t again_rows_ = 0, again_done_ = 0, made_ = 0;
  Nanos newest_ = INT64_MIN, newest_at_ = 0, since_ = INT64_MAX;
  std::uint64_t records_ = 0, missed_ = 0;
  Journal journal_;
  std::vector<Error> problems_;
  std::map<std::string, std::string> away_;  // what was said of a sensor, by its name
  std::string said_;
  Nanos said_at_ = 0, steady_ = 0;
  std::vector<std::uint32_t> order_;
  double order_total_ = 0;
  std::uint64_t order_made_ = UINT64_MAX;
};

}  // namespace argus
