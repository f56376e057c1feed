#include "sources/dbn/dbn_venues.hpp"

#include <array>
#include <cstddef>

namespace tickstock::dbn {
namespace {

// Exchange ids by market identifier code (the vendor's list of exchanges).
constexpr std::uint8_t xase = 1;   // NYSE American
constexpr std::uint8_t xbos = 2;   // Nasdaq BX
constexpr std::uint8_t xcis = 3;   // NYSE National
constexpr std::uint8_t finra = 4;  // trade reporting facilities
constexpr std::uint8_t edga = 7;
constexpr std::uint8_t edgx = 8;
constexpr std::uint8_t xchi = 9;  // NYSE Chicago, now NYSE Texas
constexpr std::uint8_t xnys = 10;
constexpr std::uint8_t arcx = 11;
constexpr std::uint8_t xnas = 12;
constexpr std::uint8_t ltse = 14;
constexpr std::uint8_t iexg = 15;
constexpr std::uint8_t xpsx = 17;  // Nasdaq PSX
constexpr std::uint8_t baty = 18;
constexpr std::uint8_t bats = 19;
constexpr std::uint8_t eprl = 20;  // MIAX Pearl
constexpr std::uint8_t memx = 21;

struct Venue {
    std::uint16_t publisher;
    std::uint8_t exchange;
};

// Publisher ids as in the public list of databento/dbn (publishers.rs, 104 of them).
constexpr std::array venues{
    Venue{2, xnas},   Venue{3, xbos},   Venue{4, xpsx},   Venue{5, bats},   Venue{6, baty},
    Venue{7, edga},   Venue{8, edgx},   Venue{9, xnys},   Venue{10, xcis},  Venue{11, xase},
    Venue{12, xchi},  Venue{13, xcis},  Venue{14, xcis},  Venue{15, memx},  Venue{16, eprl},
    Venue{17, finra}, Venue{18, finra}, Venue{19, finra}, Venue{38, iexg},  Venue{39, xchi},
    Venue{40, xcis},  Venue{41, iexg},  Venue{42, eprl},  Venue{43, arcx},  Venue{44, xnys},
    Venue{45, xnys},  Venue{46, xnas},  Venue{47, xnas},  Venue{48, xchi},  Venue{49, xcis},
    Venue{50, iexg},  Venue{51, eprl},  Venue{52, xnas},  Venue{53, xnys},  Venue{54, finra},
    Venue{55, finra}, Venue{56, finra}, Venue{62, xchi},  Venue{63, xcis},  Venue{64, iexg},
    Venue{65, eprl},  Venue{66, xnas},  Venue{67, xnys},  Venue{68, finra}, Venue{69, finra},
    Venue{70, finra}, Venue{71, bats},  Venue{72, baty},  Venue{73, edga},  Venue{74, edgx},
    Venue{75, xbos},  Venue{76, xpsx},  Venue{77, memx},  Venue{78, xase},  Venue{79, arcx},
    Venue{80, ltse},  Venue{81, xnas},  Venue{82, finra}, Venue{83, finra}, Venue{86, xbos},
    Venue{87, xpsx},  Venue{88, xbos},  Venue{89, xpsx},  Venue{91, xcis},  Venue{92, xnys},
};

constexpr std::size_t publisher_count = 105;

constexpr auto by_publisher = [] {
    std::array<std::uint8_t, publisher_count> table{};
    for (const Venue& venue : venues) {
        table[venue.publisher] = venue.exchange;
    }
    return table;
}();

}  // namespace

std::uint8_t exchange_of(std::uint16_t publisher) {
    return publisher < by_publisher.size() ? by_publisher[publisher] : std::uint8_t{0};
}

}  // namespace tickstock::dbn
