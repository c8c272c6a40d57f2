// One connection to a server as a machine without a socket: handshake, question, answer. What it gets and gives are
// bytes; when it is over it says why.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "net/keys.h"
#include "net/server.h"
#include "net/tls.h"

namespace argus {

class Connection {
 public:
  // Who has this name among the keys; null: nobody. The pointer is used at once.
  using FindReader = std::function<const ReaderKey*(std::string_view name)>;
  struct Setup {
    std::string peer;        // for messages
    bool encrypted = false;  // else it is trusted as it is
    FindReader find;
    MakeSession make;
    const NetLimits* limits = nullptr;
    Nanos now = 0;
  };
  // The limits must stay.
  static Result<std::unique_ptr<Connection>> open(Setup setup);

  void receive(Bytes wire, Nanos now);
  // Bytes for the wire, until the next call; asks the session for more when few are left.
  [[nodiscard]] Bytes outgoing(Nanos now);
  void sent(std::size_t n, Nanos now);
  void ended();                 // the other side hung up
  void tick(Nanos now);         // limits of time
  void close(std::string why);  // of no further use

  [[nodiscard]] bool is_over() const { return over_; }
  [[nodiscard]] const std::string& why() const { return why_; }  // empty: nothing to be said about it
  // Besides, in the words of the library; mostly empty.
  [[nodiscard]] std::string detail() const { return tls_ ? tls_->detail() : std::string(); }
  [[nodiscard]] bool failed_handshake() const { return failed_handshake_; }
  // Its first words could only be said by somebody who has the key, or who has heard those words.
  [[nodiscard]] bool has_shown_key() const { return tls_ && tls_->has_shown_key(); }
  [[nodiscard]] bool is_stranger() const { return !session_ || !session_->has_asked(); }
  [[nodiscard]] const Peer& peer() const { return peer_; }
  [[nodiscard]] const SharedKey& key() const { return key_; }  // of a connection that was let in with one
  [[nodiscard]] Nanos since() const { return since_; }
  [[nodiscard]] std::size_t held() const { return plain_.size() - plain_done_ + wire_.size() - wire_done_; }
  [[nodiscard]] Session* session() const { return session_.get(); }

 private:
  Connection() = default;
  void let_in();
  void take_plain(Bytes plain);
  void take_outgoing();

  Setup setup_;
  Peer peer_;
  SharedKey key_;
  std::optional<Tls> tls_;
  std::unique_ptr<Session> session_;
  std::vector<std::byte> plain_, wire_;  // waiting to be encrypted, to be sent
  std::size_t plain_done_ = 0, wire_done_ = 0;
  std::size_t stranger_bytes_ = 0;
  Nanos since_ = 0, progress_ = 0;
  bool last_ = false, over_ = false, failed_handshake_ = false;
  std::string why_;
};

}  // namespace argus
