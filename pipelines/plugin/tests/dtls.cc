// DTLS associations against each other, over a line that a test decides about.
#include "dtls/association.h"
#include "dtls/record.h"
#include "tests/check.h"
#include "tests/dtls-link.h"

using namespace interconnect;

namespace {

using State = DtlsAssociation::State;

const DtlsContext& one() {
  static const DtlsContext context(DtlsIdentity::make());
  return context;
}

const DtlsContext& two() {
  static const DtlsContext context(DtlsIdentity::make());
  return context;
}

bool sameKeys(DtlsLink& link) {
  const SrtpKeys& client = link.client.association->keys();
  const SrtpKeys& server = link.server.association->keys();
  return client.send == server.receive && client.receive == server.send && !(client.send == client.receive);
}

}  // namespace

TEST("two ends that expect each other's certificate come to the same keys, one for each direction") {
  DtlsLink link(one(), two());
  link.begin();
  link.runFor(100 * kMillisecond);
  CHECK(link.secured() && sameKeys(link));
  CHECK(link.client.association->keys().send.suite() == SrtpSuite::AeadAes128Gcm);
}

TEST("no datagram is longer than fits through a tunnel") {
  DtlsLink link(one(), two());
  link.begin();
  link.runFor(kSecond);
  for (const auto* end : {&link.client, &link.server}) {
    for (const auto& datagram : end->sent) CHECK(datagram.size() <= static_cast<size_t>(kDtlsMtu) - 28);
  }
}

TEST("with a fifth of the datagrams lost, overtaking and repeated, a hundred handshakes are all done, most within a second") {
  int withinASecond = 0;
  for (unsigned seed = 1; seed <= 100; seed++) {
    DtlsLink link(one(), two());
    link.loss = 0.2;
    link.reorders = true;
    link.repeats = seed % 2 == 0;
    link.random.seed(seed);
    link.begin();
    link.runFor(kSecond);
    withinASecond += link.secured() ? 1 : 0;
    link.runFor(9 * kSecond);
    if (!CHECK(link.secured() && sameKeys(link))) std::printf("  seed %u\n", seed);
  }
  CHECK(withinASecond >= 80);
  std::printf("     %d of 100 within a second\n", withinASecond);
}

TEST("a first flight that gets lost is sent again after 100 ms by the engine's clock, the next time later") {
  DtlsLink link(one(), two());
  link.loss = 1;
  link.begin();
  link.runFor(90 * kMillisecond);
  CHECK_EQUAL(link.client.sent.size(), size_t{1});
  link.runFor(30 * kMillisecond);
  CHECK_EQUAL(link.client.sent.size(), size_t{2});
  link.runFor(150 * kMillisecond);
  CHECK_EQUAL(link.client.sent.size(), size_t{2});
  link.loss = 0;
  link.runFor(150 * kMillisecond);
  CHECK(link.secured());
}

TEST("a certificate that signalling did not tell of ends the handshake at once, on both sides, with a sentence") {
  DtlsLink link(one(), two());
  link.client.begin(DtlsRole::Client, {one().identity().fingerprint()});
  link.server.begin(DtlsRole::Server, {one().identity().fingerprint()});
  link.client.association->start(link.clock.now());
  link.runFor(100 * kMillisecond);
  CHECK(link.client.association->state() == State::Failed);
  CHECK_EQUAL(std::string(link.client.association->failure().code), std::string("media.dtls-fingerprint"));
  CHECK(link.server.association->state() == State::Failed);
  CHECK_EQUAL(std::string(link.server.association->failure().code), std::string("media.dtls-failed"));
  CHECK(link.server.association->failure().message.find("bad certificate") != std::string::npos);
}

TEST("a server does not take another client's certificate either") {
  DtlsLink link(one(), two());
  link.client.begin(DtlsRole::Client, {two().identity().fingerprint()});
  link.server.begin(DtlsRole::Server, {two().identity().fingerprint()});
  link.client.association->start(link.clock.now());
  link.runFor(100 * kMillisecond);
  CHECK_EQUAL(std::string(link.server.association->failure().code), std::string("media.dtls-fingerprint"));
  CHECK(link.client.association->state() != State::Waiting);
}

TEST("one fingerprint of several is enough, and of any hash that we know") {
  for (const auto hash : {Fingerprint::Hash::Sha256, Fingerprint::Hash::Sha384, Fingerprint::Hash::Sha512}) {
    DtlsLink link(one(), two());
    link.client.begin(DtlsRole::Client, {Fingerprint::of(*one().identity().certificate(), hash), Fingerprint::of(*two().identity().certificate(), hash)});
    link.server.begin(DtlsRole::Server, {one().identity().fingerprint()});
    link.client.association->start(link.clock.now());
    link.runFor(100 * kMillisecond);
    CHECK(link.secured());
  }
}

TEST("a far end that never answers has failed after ten seconds, whichever role it has") {
  DtlsLink link(one(), two());
  link.loss = 1;
  link.begin();
  link.runFor(9900 * kMillisecond);
  CHECK(link.client.association->state() == State::Handshaking && link.server.association->state() == State::Waiting);
  link.runFor(200 * kMillisecond);
  for (const auto* end : {&link.client, &link.server}) {
    CHECK(end->association->state() == State::Failed);
    CHECK_EQUAL(std::string(end->association->failure().code), std::string("media.dtls-timeout"));
  }
  // 0.1, 0.2, 0.4 … 2 s apart.
  CHECK_NEAR(static_cast<double>(link.client.sent.size()), 9, 1);
}

TEST("garbage, cut and foreign datagrams before and in the middle of a handshake do not hinder it") {
  for (unsigned seed = 1; seed <= 50; seed++) {
    DtlsLink link(one(), two());
    link.begin();
    std::mt19937 random(seed);
    for (int i = 0; i < 40; i++) {
      std::vector<uint8_t> garbage(random() % 300);
      for (uint8_t& byte : garbage) byte = static_cast<uint8_t>(random());
      // Of the version and an epoch that is still to come, so that nothing of it can be told from the real thing yet.
      if (garbage.size() > 13) {
        const uint8_t header[] = {22, 254, 253, 0, 1, 0, 0, 0, 0, 0, static_cast<uint8_t>(i), 0, static_cast<uint8_t>(garbage.size() - 13)};
        if (i % 2 == 0 && garbage.size() < 268) std::copy(std::begin(header), std::end(header), garbage.begin());
        else garbage[0] = static_cast<uint8_t>(64 + random() % 64);
        for (auto* end : {&link.client, &link.server}) end->association->received({garbage.data(), garbage.size()}, link.clock.now());
      }
      if (i % 8 == 7) link.runFor(10 * kMillisecond);
    }
    link.runFor(2 * kSecond);
    // OpenSSL may break an association off for forged records after it was done; the keys stay.
    const bool done = link.client.association->state() >= State::Secured && link.client.association->state() != State::Failed &&
                      link.server.association->state() >= State::Secured && link.server.association->state() != State::Failed;
    if (!CHECK(done && sameKeys(link))) std::printf("  seed %u\n", seed);
  }
}

TEST("what comes before a ClientHello does not begin a handshake") {
  DtlsLink link(one(), two());
  link.begin();
  const uint8_t alert[] = {21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 40};
  link.server.association->received({alert, sizeof alert}, link.clock.now());
  CHECK(link.server.association->state() == State::Waiting);
  link.runFor(100 * kMillisecond);
  CHECK(link.secured());
}

TEST("a recorded ClientHello that is played again changes nothing, and earns no answer") {
  DtlsLink link(one(), two());
  link.begin();
  link.runFor(100 * kMillisecond);
  const auto recorded = link.client.sent.front();
  const size_t before = link.server.sent.size();
  for (int i = 0; i < 20; i++) link.server.association->received({recorded.data(), recorded.size()}, link.clock.now());
  link.runFor(kSecond);
  CHECK(link.secured() && sameKeys(link));
  CHECK_EQUAL(link.server.sent.size(), before);
}

TEST("a ClientHello that comes in parts is put together") {
  DtlsLink link(one(), two());
  link.server.begin(DtlsRole::Server, {one().identity().fingerprint()});
  link.client.begin(DtlsRole::Client, {two().identity().fingerprint()});
  link.loss = 1;
  link.client.association->start(link.clock.now());
  link.loss = 0;
  const auto whole = link.client.sent.front();
  CHECK(isClientHello({whole.data(), whole.size()}));
  const size_t body = whole.size() - 25;
  const size_t cut = body / 3;
  for (size_t from = 0, part = 0; from < body; from += cut, part++) {
    const size_t length = std::min(cut, body - from);
    // RFC 6347 §4.2.3: record header, then the handshake header with where this fragment lies.
    std::vector<uint8_t> fragment(whole.begin(), whole.begin() + 25);
    fragment[10] = static_cast<uint8_t>(part);
    fragment[11] = static_cast<uint8_t>((length + 12) >> 8);
    fragment[12] = static_cast<uint8_t>(length + 12);
    fragment[20] = static_cast<uint8_t>(from >> 8);
    fragment[21] = static_cast<uint8_t>(from);
    fragment[23] = static_cast<uint8_t>(length >> 8);
    fragment[24] = static_cast<uint8_t>(length);
    fragment.insert(fragment.end(), whole.begin() + static_cast<std::ptrdiff_t>(25 + from), whole.begin() + static_cast<std::ptrdiff_t>(25 + from + length));
    link.server.association->received({fragment.data(), fragment.size()}, link.clock.now());
  }
  CHECK(!link.server.sent.empty());
  // The client counts on from its one record, so that its next ones pass for repeated until it sends them again.
  link.runFor(kSecond);
  CHECK(link.secured() && sameKeys(link));
}

TEST("nothing is sent in an hour of silence, and the end still reaches the far end") {
  DtlsLink link(one(), two());
  link.begin();
  link.runFor(100 * kMillisecond);
  const size_t before = link.client.sent.size() + link.server.sent.size();
  link.runFor(3600 * kSecond);
  CHECK(link.secured());
  CHECK_EQUAL(link.client.sent.size() + link.server.sent.size(), before);
  link.client.begin(DtlsRole::Client, {two().identity().fingerprint()});
  link.runFor(100 * kMillisecond);
  CHECK(link.server.association->state() == State::Closed);
}

TEST("a server whose last flight is lost sends it again when the client asks") {
  DtlsLink link(one(), two());
  link.begin();
  while (link.server.association->state() != State::Secured) {
    link.loss = link.server.sent.empty() || link.client.sent.size() < 2 ? 0 : 1;
    link.runFor(10 * kMillisecond);
  }
  CHECK(link.client.association->state() == State::Handshaking);
  link.loss = 0;
  link.runFor(kSecond);
  CHECK(link.secured() && sameKeys(link));
}

TEST("no fingerprint is read but of the right hash, length and form") {
  const std::string good = one().identity().fingerprint().value();
  CHECK(Fingerprint::parse("sha-256", good).has_value());
  CHECK(*Fingerprint::parse("sha-256", good) == one().identity().fingerprint());
  std::string small = good;
  for (char& c : small) c = static_cast<char>(std::tolower(c));
  CHECK(*Fingerprint::parse("sha-256", small) == one().identity().fingerprint());
  CHECK(!Fingerprint::parse("sha-1", good.substr(0, 59)));
  CHECK(!Fingerprint::parse("sha-512", good));
  CHECK(!Fingerprint::parse("sha-256", good.substr(1)));
  CHECK(!Fingerprint::parse("sha-256", good + ":00"));
  std::string wrong = good;
  wrong[2] = '-';
  CHECK(!Fingerprint::parse("sha-256", wrong));
  wrong = good;
  wrong[0] = 'G';
  CHECK(!Fingerprint::parse("sha-256", wrong));
  CHECK(!Fingerprint::parse("sha-256", ""));
}

int main() { return check::run(); }
