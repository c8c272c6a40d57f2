// Any bytes as what a sensor sends to its reader.
#include <sys/socket.h>

#include <atomic>
#include <csignal>
#include <cstdint>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "net/dial.h"
#include "source/remote.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

// The first call gets the bytes and then the end of the connection; a second one ends the reading.
Dialer once(Bytes bytes, File& other, std::atomic<bool>& stop) {
  return [bytes, &other, &stop](const Endpoint&, const std::atomic<bool>&) -> Result<File> {
    int ends[2];
    if (other.is_open() || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
      stop = true;
      return fail(Errc::usage, "no more");
    }
    other = File(ends[1], "sensor");
    // What does not fit into the socket is left out.
    (void)!::send(other.fd(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    (void)::shutdown(other.fd(), SHUT_WR);
    return File(ends[0], "reader");
  };
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::signal(SIGPIPE, SIG_IGN);
  File other;
  std::atomic<bool> stop = false;
  Resources resources;
  resources.stop = &stop;
  Endpoint sensor;
  sensor.text = "sensor1";
  sensor.transport = Transport::unix_socket;  // called once and then given up
  RemoteOptions options;
  options.dial = once(std::as_bytes(std::span(data, size)), other, stop);
  options.retry_first = options.retry_most = kMillisecond;
  auto source = open_remote({sensor}, options);
  if (!source || !(*source)->bind({FieldSet::all_stored(), nullptr, {}}, resources)) __builtin_trap();
  for (;;) {
    Batch batch;
    auto step = (*source)->next(batch);
    if (!step || *step == Step::end) break;
    Journal journal;
    (*source)->drain(journal);
  }
  // Whatever it sends, what is said to people has no byte that a terminal obeys.
  for (const Error& error : (*source)->problems())
    for (const char c : error.text)
      if (static_cast<unsigned char>(c) < 0x20 && c != '\n') __builtin_trap();
  return 0;
}
