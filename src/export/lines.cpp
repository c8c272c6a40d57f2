#include "export/lines.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/count_text.h"
#include "base/result.h"
#include "flow/source.h"

namespace argus {

namespace {

constexpr std::size_t kPiece = 64 * 1024, kLine = 1024;  // bytes; a line may be longer

void join(Encoded rows, Encoded& to) {
  if (to.text.empty()) return (void)(to = std::move(rows));
  for (const std::size_t end : rows.line_ends) to.line_ends.push_back(to.text.size() + end);
  to.text += rows.text;
}

class LineSink final : public Sink {
 public:
  LineSink(OutletPtr out, LineFormat format, const ExportOptions& options)
      : out_(std::move(out)), format_(std::move(format)), say_(options.say) {}

  FieldSet fields() const override { return format_.reads; }
  Result<> begin(const StreamHeader&) override { return {}; }
  Result<> encode(const Batch& batch, const TakeEncoded& take) const override {
    const LinePrinter print = format_.of(batch);
    const bool one_by_one = out_->piece_max() != SIZE_MAX;
    Encoded piece;
    for (std::size_t row = 0; row < batch.rows(); row++) {
      if (piece.text.empty()) piece.text.reserve(kPiece + kLine);
      if (!print(row, piece.text)) left_out_++;
      else if (one_by_one) piece.line_ends.push_back(piece.text.size());
      if (piece.text.size() >= kPiece || row + 1 == batch.rows()) ARGUS_TRY(take(std::exchange(piece, {})));
    }
    return {};
  }
  Result<> append(Encoded rows) override {
    join(std::move(rows), unsent_);
    return unsent_.text.size() < kPiece ? Result<>() : flush();
  }
  // Rows that could not be sent are not kept: they are given again.
  Result<> write(const Batch& batch) override {
    ARGUS_TRY(flush());
    ARGUS_TRY(encode(batch, [this](Encoded piece) -> Result<> {
      join(std::move(piece), unsent_);
      return {};
    }));
    auto done = flush();
    if (!done) unsent_ = {}, sent_lines_ = 0;
    return done;
  }
  Result<> tick() override { return flush(); }
  Result<> finish() override {
    ARGUS_TRY(flush());
    ARGUS_TRY(greet());
    ARGUS_TRY(out_->finish());
    if (left_out_ != 0 && say_) say_(fmt::format("{} {}", count_text(left_out_, "record"), format_.left_out));
    return {};
  }

 private:
  // The lines that each reader needs, once it is there.
  Result<> greet() {
    if (format_.head.empty()) return {};
    ARGUS_TRY_LET(const std::uint64_t session, out_->session());
    if (session == greeted_) return {};
    ARGUS_TRY(out_->send(format_.head));
    greeted_ = session;
    return {};
  }
  Result<> flush() {
    if (unsent_.text.empty()) return {};
    ARGUS_TRY(greet());
    if (out_->piece_max() == SIZE_MAX) ARGUS_TRY(out_->send(unsent_.text));
    else ARGUS_TRY(send_lines());
    unsent_ = {};
    return {};
  }
  // A line a datagram.
  Result<> send_lines() {
    while (sent_lines_ < unsent_.line_ends.size()) {
      const std::size_t from = sent_lines_ == 0 ? 0 : unsent_.line_ends[sent_lines_ - 1];
      ARGUS_TRY(out_->send(std::string_view(unsent_.text).substr(from, unsent_.line_ends[sent_lines_] - from)));
      sent_lines_++;
    }
    sent_lines_ = 0;
    return {};
  }

  OutletPtr out_;
  LineFormat format_;
  std::function<void(const std::string&)> say_;
  Encoded unsent_;
  std::size_t sent_lines_ = 0;  // of it
  std::uint64_t greeted_ = 0;   // the session that has the head
  mutable std::atomic<std::uint64_t> left_out_ = 0;
};

// Where a member stands: its key, and the objects around it.
struct JsonPlace {
  std::vector<std::size_t> inside;    // numbers of objects, from the outermost
  std::vector<std::string> openings;  // what opens each: "\"source\":{"
  std::string key;                    // "\"ip\":", and the quote before the value
  bool quoted = false;
};

std::vector<JsonPlace> steps_of(const std::vector<Member>& members, bool nested) {
  std::vector<std::string> objects;
  std::vector<JsonPlace> out;
  for (const Member& member : members) {
    JsonPlace step;
    step.quoted = member.cell.quoted;
    std::string_view rest = member.name;
    for (std::size_t dot; nested && (dot = rest.find('.')) != std::string_view::npos; rest.remove_prefix(dot + 1)) {
      const std::string object(member.name.substr(0, static_cast<std::size_t>(rest.data() - member.name.data()) + dot));
      auto known = std::find(objects.begin(), objects.end(), object);
      if (known == objects.end()) known = objects.insert(objects.end(), object);
      step.inside.push_back(static_cast<std::size_t>(known - objects.begin()));
      step.openings.push_back(fmt::format("\"{}\":{{", rest.substr(0, dot)));
    }
    step.key = fmt::format("\"{}\":{}", rest, step.quoted ? "\"" : "");
    out.push_back(std::move(step));
  }
  return out;
}

class ObjectPrinter {
 public:
  ObjectPrinter(std::shared_ptr<const std::vector<JsonPlace>> steps, std::vector<CellPrinter> cells)
      : steps_(std::move(steps)), cells_(std::move(cells)) {}

  bool operator()(std::size_t row, std::string& out) const {
    static const std::vector<std::size_t> kOutermost;
    const std::vector<std::size_t>* open = &kOutermost;
    out += '{';
    for (std::size_t i = 0; i < cells_.size(); i++) {
      const JsonPlace& step = (*steps_)[i];
      // The value decides whether there is a key; it is taken back where there is none.
      const std::size_t before = out.size();
      std::size_t same = 0;
      while (same < open->size() && same < step.inside.size() && (*open)[same] == step.inside[same]) same++;
      if (open->size() != same) out.append(open->size() - same, '}');
      if (out.back() != '{') out += ',';
      for (std::size_t k = same; k < step.inside.size(); k++) out += step.openings[k];
      out += step.key;
      if (!cells_[i](row, out)) {
        out.resize(before);
        continue;
      }
      if (step.quoted) out += '"';
      open = &step.inside;
    }
    out.append(open->size(), '}');
    out += "}\n";
    return true;
  }

 private:
  std::shared_ptr<const std::vector<JsonPlace>> steps_;
  std::vector<CellPrinter> cells_;
};

}  // namespace

LineFormat json_lines(std::vector<Member> members, bool nested) {
  LineFormat out;
  for (const Member& member : members) out.reads |= member.cell.reads;
  const auto steps = std::make_shared<const std::vector<JsonPlace>>(steps_of(members, nested));
  out.of = [steps, members = std::move(members)](const Batch& batch) -> LinePrinter {
    std::vector<CellPrinter> cells;
    cells.reserve(members.size());
    for (const Member& member : members) cells.push_back(member.cell.of(batch));
    return ObjectPrinter(steps, std::move(cells));
  };
  return out;
}

SinkPtr line_sink(OutletPtr out, LineFormat format, const ExportOptions& options) {
  return std::make_unique<LineSink>(std::move(out), std::move(format), options);
}

}  // namespace argus
