#include "engine/dtls-port.h"

#include "dtls/record.h"

namespace interconnect {
namespace {

/**
 * A phone hangs up as soon as it has our alert, and to whoever signals it would look like an ordinary end: the event that
 * tells of the failure gets a start. A leg that is closed for it says the alert at once.
 */
constexpr Nanos kAlertWaits = kSecond;

}  // namespace

DtlsPort::DtlsPort(const DtlsServices& services, const DtlsTerms& terms, Socket& socket, Nanos now)
    : services_(services), terms_(terms), socket_(socket) {
  begin(now);
}

DtlsPort::~DtlsPort() { sendAlert(); }

void DtlsPort::begin(Nanos now) {
  DatagramOutput& output = *this;
  association_ = std::make_unique<DtlsAssociation>(*services_.context, terms_, output, now);
}

bool DtlsPort::handshaking() const {
  const auto state = association_->state();
  return state == DtlsAssociation::State::Waiting || state == DtlsAssociation::State::Handshaking;
}

void DtlsPort::received(const Datagram& datagram, const Address& signalled, Nanos now) {
  if (waiting_.empty() && (!handshaking() || services_.budget.take(now))) return take(datagram.bytes, datagram.from, signalled, now);
  // The far end sends again what is lost here.
  if (waiting_.size() == kMaxWaiting) return;
  waiting_.push_back({{datagram.bytes.data, datagram.bytes.data + datagram.bytes.size}, datagram.from});
}

void DtlsPort::take(Span datagram, const Address& from, const Address& signalled, Nanos now) {
  signalled_ = signalled;
  if (peer_ && *peer_ != from) {
    // A stranger who was first must not keep out who is expected; nobody takes over from him.
    if (!handshaking() || from != signalled || terms_.role != DtlsRole::Server || !isClientHello(datagram)) return;
    begin(now);
  }
  peer_ = from;
  association_->received(datagram, now);
}

void DtlsPort::tick(const Address& signalled, Nanos now) {
  signalled_ = signalled;
  if (association_->state() == DtlsAssociation::State::Waiting && terms_.role == DtlsRole::Client && services_.budget.take(now)) {
    association_->start(now);
  }
  while (!waiting_.empty() && (!handshaking() || services_.budget.take(now))) {
    const Waiting first = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    take({first.bytes.data(), first.bytes.size()}, first.from, signalled, now);
  }
  association_->tick(now);
  if (alertSince_ == 0) alertSince_ = now;
  if (now - alertSince_ >= kAlertWaits) sendAlert();
}

void DtlsPort::sendAlert() {
  if (!alert_.empty()) (void)socket_.send(peer_.value_or(signalled_), {alert_.data(), alert_.size()});
  alert_.clear();
}

void DtlsPort::send(Span datagram) {
  // Before the keys are there an alert is the last that is said.
  if (isAlert(datagram) && handshaking()) {
    alert_.assign(datagram.data, datagram.data + datagram.size);
    alertSince_ = 0;
    return;
  }
  (void)socket_.send(peer_.value_or(signalled_), datagram);
}

}  // namespace interconnect
