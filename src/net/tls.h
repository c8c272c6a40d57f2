// TLS 1.3 with external pre-shared keys (RFC 8446 sections 2.2 and 4.2.11) as a machine without a socket: bytes of the
// wire go in, plain bytes come out, and the other way round. Keys are always joined by a fresh key exchange
// (psk_dhe_ke); there are no certificates, no tickets and no early data. The only user of OpenSSL.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "net/keys.h"

namespace argus {

class Tls {
 public:
  // What is kept for a name; empty: nobody. Called while receive() runs.
  using FindKey = std::function<std::optional<SharedKey>(std::string_view name)>;
  static Result<Tls> client(const SharedKey& key);  // its first words wait in outgoing() at once
  static Result<Tls> server(FindKey find);
  Tls(Tls&&) noexcept;
  Tls& operator=(Tls&&) noexcept;
  ~Tls();

  // Bytes from the wire; what they mean is appended to `plain`. After an error outgoing() may hold a last word (an
  // alert), and nothing else is to be done. Errc::denied where the handshake failed for a key; what the library calls
  // an error is detail().
  [[nodiscard]] Result<> receive(Bytes wire, std::vector<std::byte>& plain);
  [[nodiscard]] bool has_shown_key() const;         // the other one, to a server: its first words were checked with it
  [[nodiscard]] bool is_open() const;               // both have shown that they know the key
  [[nodiscard]] bool is_closed() const;             // the other has said its last word
  [[nodiscard]] const std::string& name() const;    // of the key, once open
  [[nodiscard]] const std::string& detail() const;  // of the last error, for those who know TLS; else empty
  [[nodiscard]] Result<> send(Bytes plain);         // only when open
  void close();                                     // says the last word
  [[nodiscard]] std::vector<std::byte> outgoing();  // bytes for the wire, taken out

  struct State;

 private:
  explicit Tls(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace argus
