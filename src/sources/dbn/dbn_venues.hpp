#pragma once

#include <cstdint>

namespace tickstock::dbn {

/// The exchange id (numbers of the reference data of `polygon-ws`) of a publisher of US equities;
/// 0 for consolidated feeds, other markets and publishers that came later.
std::uint8_t exchange_of(std::uint16_t publisher);

}  // namespace tickstock::dbn
