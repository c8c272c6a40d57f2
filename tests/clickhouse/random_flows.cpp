// Writes a flow file of made-up records, with absent values in every field: random_flows FILE RECORDS SEED
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "base/address.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "sink/flow_file.h"

using namespace argus;

namespace {

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  Batch batch(std::size_t rows) {
    Batch out(rows);
    for (const Field field : FieldSet::all_stored().list())
      with_type(info(field).type, [&]<class T>() {
        const std::size_t absent = share(field);
        ColumnBuilder<T> column;
        for (std::size_t i = 0; i < rows; i++) {
          if (below(100) < absent) column.add_absent();
          else column.add(value<T>(field));
        }
        out.set(field, column.finish());
      });
    return out;
  }

 private:
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
  // Of a hundred rows, how many have no value.
  static std::size_t share(Field field) {
    if (field == Field::stime || field == Field::ltime) return 2;
    return info(field).merge == Merge::none ? 100 : index_of(field) % 4 * 20;
  }
  template <class T>
  T value(Field field) {
    if constexpr (std::is_same_v<T, Address>) {
      const std::uint8_t last = static_cast<std::uint8_t>(below(20));
      const std::uint8_t four[4] = {10, 0, static_cast<std::uint8_t>(below(2)), last};
      if (below(3) != 0) return Address::from_v4(four);
      Address six;
      six.bytes[0] = 0x20, six.bytes[1] = 0x01, six.bytes[15] = last;
      return below(4) == 0 ? Address::from_mac(last) : six;
    } else if constexpr (std::is_same_v<T, std::string>) {
      return below(5) == 0 ? std::string("it's a \\ \t\"sensor\"")
                           : std::string("sensor") + static_cast<char>('0' + below(3));
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
      constexpr std::int64_t kBegin = 1'699'990'000'000'000'000;  // two hours before a day ends
      if (below(500) == 0) return static_cast<std::int64_t>(below(3)) - 1;
      return kBegin + static_cast<std::int64_t>(below(14'400)) * 1'000'000'000 +
             static_cast<std::int64_t>(below(1'000'000'000));
    } else if constexpr (std::is_same_v<T, double>) {
      return 0;
    } else {
      if (info(field).format == Format::port || field == Field::proto) return static_cast<T>(below(12) * 40);
      return static_cast<T>(below(8) == 0 ? below(1'000'000) : below(5));
    }
  }
  std::mt19937 random_;
};

}  // namespace

int main(int count, char** words) {
  if (count != 4) return 2;
  auto sink = flow_file_sink(words[1], FlowFileMode::replace);
  if (!sink) return 1;
  Maker maker(static_cast<unsigned>(std::atoi(words[3])));
  if (!(*sink)->begin({})) return 1;
  for (std::size_t left = static_cast<std::size_t>(std::atoi(words[2])); left > 0;) {
    const std::size_t rows = std::min<std::size_t>(left, 5'000);
    if (!(*sink)->write(maker.batch(rows))) return 1;
    left -= rows;
  }
  if (!(*sink)->ledger(
          {{"sensor0", 1'700'000'000'000'000'000, 1'700'000'060'000'000'000, LedgerItem::kernel_dropped, 17}}))
    return 1;
  return (*sink)->finish() ? 0 : 1;
}
