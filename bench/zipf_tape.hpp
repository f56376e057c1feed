#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/record.hpp"

namespace tickstock::bench {

/// A made-up tape for measurements: `count` trades of `symbols` symbols, Zipf 0.9 by rank, a given
/// number a market second from 10:00 New York on, prices in a random walk of single cents,
/// 45 % odd lots. The same for the same arguments.
RecordBatch zipf_tape(std::size_t count, std::uint32_t symbols, std::int64_t trades_per_second);

}  // namespace tickstock::bench
