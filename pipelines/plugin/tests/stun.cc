// STUN as ICE needs it, against the vectors of RFC 5769, and what must be refused.
#include "ice/stun-answer.h"
#include "tests/check.h"
#include "tests/stun-request.h"

using namespace interconnect;

namespace {

using Bytes = std::vector<uint8_t>;

constexpr const char* kPassword = "VOkJxbRl1RmTxUk/WvJxBt";

/** RFC 5769 §2.1. */
const Bytes kRequest = {
    0x00, 0x01, 0x00, 0x58, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22,
    0x00, 0x10, 0x53, 0x54, 0x55, 0x4e, 0x20, 0x74, 0x65, 0x73, 0x74, 0x20, 0x63, 0x6c, 0x69, 0x65, 0x6e, 0x74, 0x00, 0x24, 0x00, 0x04,
    0x6e, 0x00, 0x01, 0xff, 0x80, 0x29, 0x00, 0x08, 0x93, 0x2f, 0xf9, 0xb1, 0x51, 0x26, 0x3b, 0x36, 0x00, 0x06, 0x00, 0x09, 0x65, 0x76,
    0x74, 0x6a, 0x3a, 0x68, 0x36, 0x76, 0x59, 0x20, 0x20, 0x20, 0x00, 0x08, 0x00, 0x14, 0x9a, 0xea, 0xa7, 0x0c, 0xbf, 0xd8, 0xcb, 0x56,
    0x78, 0x1e, 0xf2, 0xb5, 0xb2, 0xd3, 0xf2, 0x49, 0xc1, 0xb5, 0x71, 0xa2, 0x80, 0x28, 0x00, 0x04, 0xe5, 0x7a, 0x3b, 0xcf};

/** RFC 5769 §2.2: from 192.0.2.1 port 32853. */
const Bytes kResponse = {0x01, 0x01, 0x00, 0x3c, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86,
                         0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x0b, 0x74, 0x65, 0x73, 0x74, 0x20, 0x76, 0x65, 0x63,
                         0x74, 0x6f, 0x72, 0x20, 0x00, 0x20, 0x00, 0x08, 0x00, 0x01, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43,
                         0x00, 0x08, 0x00, 0x14, 0x2b, 0x91, 0xf5, 0x99, 0xfd, 0x9e, 0x90, 0xc3, 0x8c, 0x74, 0x89, 0xf9,
                         0x2a, 0xf9, 0xba, 0x53, 0xf0, 0x6b, 0xe7, 0xd7, 0x80, 0x28, 0x00, 0x04, 0xc0, 0x7d, 0x4c, 0x96};

Span span(const Bytes& bytes) { return {bytes.data(), bytes.size()}; }

Bytes attribute(Span message, uint16_t type) {
  for (size_t at = kStunHeaderBytes; at + 4 <= message.size;) {
    const size_t size = read16(message.data + at + 2);
    if (read16(message.data + at) == type) return Bytes(message.data + at + 4, message.data + at + 4 + size);
    at += 4 + ((size + 3) & ~size_t{3});
  }
  return {};
}

}  // namespace

TEST("the request of RFC 5769 is read, and proven by its password alone") {
  const auto request = parseStun(span(kRequest));
  if (!CHECK(request.has_value())) return;
  CHECK_EQUAL(request->type, kStunBindingRequest);
  CHECK_EQUAL(std::string(request->username), std::string("evtj:h6vY"));
  CHECK(request->controlled && !request->useCandidate && request->unknownCount == 0);
  CHECK(stunProven(*request, span(kRequest), kPassword));
  CHECK(!stunProven(*request, span(kRequest), "VOkJxbRl1RmTxUk/WvJxBu"));
  CHECK(!stunProven(*request, span(kRequest), ""));
}

TEST("the response of RFC 5769 has the integrity and the address that an answer of ours has") {
  const auto response = parseStun(span(kResponse));
  if (!CHECK(response.has_value())) return;
  CHECK(stunProven(*response, span(kResponse), kPassword));
  const auto answer = StunAnswer::success(*parseStun(span(kRequest)), *Address::parse("192.0.2.1", 32853), kPassword);
  CHECK(attribute(answer.bytes(), kStunXorMappedAddress) == attribute(span(kResponse), kStunXorMappedAddress));
}

TEST("an answer goes to the transaction, says where the check came from, and can be proven") {
  const auto request = *parseStun(span(kRequest));
  const auto answer = StunAnswer::success(request, *Address::parse("2001:db8::7", 40000), kPassword);
  const auto read = parseStun(answer.bytes());
  if (!CHECK(read.has_value())) return;
  CHECK(read->type == kStunBindingSuccess && read->transaction == request.transaction);
  CHECK(stunProven(*read, answer.bytes(), kPassword));
  CHECK_EQUAL(attribute(answer.bytes(), kStunXorMappedAddress).size(), size_t{20});
}

TEST("attributes that must be understood and are not are named in a 420; those that need not be are passed over") {
  StunRequest odd;
  odd.username("a:b").add(0x0033, {1}).add(0x8055, {2, 3}).integrity(kPassword);
  const auto request = parseStun(odd.span());
  if (!CHECK(request && request->unknownCount == 1)) return;
  const auto answer = StunAnswer::unknownAttributes(*request, kPassword);
  CHECK(attribute(answer.bytes(), kStunUnknownAttributes) == (Bytes{0x00, 0x33}));
  const Bytes code = attribute(answer.bytes(), kStunErrorCode);
  CHECK(code.size() > 4 && code[2] == 4 && code[3] == 20);
  CHECK(stunProven(*parseStun(answer.bytes()), answer.bytes(), kPassword));
}

TEST("what follows MESSAGE-INTEGRITY is not believed") {
  StunRequest appended;
  appended.username("a:b").integrity(kPassword).add(kStunUseCandidate, {}).fingerprint();
  const auto request = parseStun(appended.span());
  CHECK(request && !request->useCandidate && stunProven(*request, appended.span(), kPassword));
}

TEST("a message that is cut short, too long, or has a wrong fingerprint is none") {
  for (size_t size = 0; size < kRequest.size(); size++) CHECK(!parseStun({kRequest.data(), size}));
  Bytes longer = kRequest;
  longer.resize(longer.size() + 4);
  CHECK(!parseStun(span(longer)));
  // Up to FINGERPRINT, which a sender may leave out.
  for (size_t i = 0; i < kRequest.size() - 8; i++) {
    Bytes other = kRequest;
    other[i] ^= 1;
    const auto request = parseStun(span(other));
    CHECK(!request || !stunProven(*request, span(other), kPassword));
  }
}

TEST("an attribute that claims more than there is is refused") {
  StunRequest request;
  request.add(kStunUsername, {'a', ':', 'b', 'c'});
  write16(request.bytes.data() + kStunHeaderBytes + 2, 5);
  CHECK(!parseStun(request.span()));
}

int main() { return check::run(); }
