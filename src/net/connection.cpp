#include "net/connection.h"

#include <algorithm>

namespace argus {

namespace {

constexpr std::size_t kPiece = 64 * 1024;  // that is encrypted at a time, so that a slow reader is not held twice

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(Setup setup) {
  std::unique_ptr<Connection> out(new Connection());
  out->setup_ = std::move(setup);
  out->peer_.text = out->setup_.peer;
  out->since_ = out->progress_ = out->setup_.now;
  if (!out->setup_.encrypted) {
    out->session_ = out->setup_.make(out->peer_);
    return out;
  }
  Connection* self = out.get();
  ARGUS_TRY_LET(Tls tls, Tls::server([self](std::string_view name) -> std::optional<SharedKey> {
                  const ReaderKey* reader = self->setup_.find(name);
                  return reader == nullptr ? std::nullopt : std::optional(reader->key);
                }));
  out->tls_ = std::move(tls);
  return out;
}

void Connection::close(std::string why) {
  if (over_) return;
  over_ = true;
  why_ = std::move(why);
}

void Connection::ended() { close({}); }

// The handshake is done: whoever it is has the key.
void Connection::let_in() {
  const ReaderKey* reader = setup_.find(tls_->name());
  if (reader == nullptr) return close("its key was revoked");
  peer_.key = reader->key.name;
  peer_.filter = reader->filter;
  key_ = reader->key;
  session_ = setup_.make(peer_);
}

void Connection::take_plain(Bytes plain) {
  if (plain.empty() || over_) return;
  if (last_) return;  // it was told all that it will be told
  if (auto done = session_->receive(plain); !done) close(done.error().text);
}

void Connection::receive(Bytes wire, Nanos now) {
  if (over_) return;
  if (!session_) {
    stranger_bytes_ += wire.size();
    if (stranger_bytes_ > setup_.limits->stranger_bytes) {
      failed_handshake_ = true;
      return close("it sent more than a reader with a key needs to");
    }
  }
  if (!tls_) return take_plain(wire);
  std::vector<std::byte> plain;
  const auto done = tls_->receive(wire, plain);
  take_outgoing();
  if (!done) {
    failed_handshake_ = !session_;
    return close(done.error().text);
  }
  if (!session_ && tls_->is_open()) let_in();
  if (session_) take_plain(plain);
  if (tls_->is_closed()) ended();
  tick(now);
}

void Connection::take_outgoing() {
  const std::vector<std::byte> more = tls_->outgoing();
  wire_.insert(wire_.end(), more.begin(), more.end());
}

Bytes Connection::outgoing(Nanos now) {
  if (wire_done_ == wire_.size()) {
    wire_.clear();
    wire_done_ = 0;
  }
  if (session_ && !over_ && !last_ && plain_done_ == plain_.size()) {
    if (held() == 0) progress_ = now;
    plain_.clear();
    plain_done_ = 0;
    if (plain_.capacity() > kPiece) std::vector<std::byte>().swap(plain_);
    last_ = session_->pull(now, plain_) == Session::Pulled::last;
  }
  if (!tls_) {
    const Bytes left = Bytes(plain_).subspan(plain_done_);
    if (left.empty() && last_) over_ = true;
    return left;
  }
  const Bytes piece = Bytes(plain_).subspan(plain_done_).first(std::min(kPiece, plain_.size() - plain_done_));
  if (wire_.empty() && !piece.empty() && !over_) {
    if (auto done = tls_->send(piece); !done) close(done.error().text);
    plain_done_ += piece.size();
    if (last_ && plain_done_ == plain_.size()) tls_->close();
    take_outgoing();
  }
  if (wire_.empty() && last_ && plain_done_ == plain_.size()) over_ = true;
  return Bytes(wire_).subspan(wire_done_);
}

void Connection::sent(std::size_t n, Nanos now) {
  if (n != 0) progress_ = now;
  (tls_ ? wire_done_ : plain_done_) += n;
}

void Connection::tick(Nanos now) {
  const NetLimits& limits = *setup_.limits;
  if (is_stranger() && now - since_ > limits.stranger_time) {
    const bool let_in = session_ != nullptr;
    close(let_in ? "it sent no request in time" : "it did not show a key in time");
  }
  if (held() != 0 && now - progress_ > limits.stalled_time) close("it stopped reading");
}

}  // namespace argus
