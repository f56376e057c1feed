#pragma once

#include <cstdint>

namespace tickstock::naive {

/// λ_W^Δt of SPEC 7.3 = 0.9^(20·Δt/W), the double nearest to the exact number.
/// REQUIRES: window 180, 360 or 600; 0 ≤ seconds ≤ window.
double decay_of_window(int window, std::int64_t seconds);

/// 0.5^(Δt/100), the double nearest to the exact number. REQUIRES: 0 ≤ seconds ≤ 600.
double decay_of_volatility(std::int64_t seconds);

}  // namespace tickstock::naive
