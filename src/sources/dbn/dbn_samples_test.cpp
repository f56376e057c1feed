#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "sources/files/test_support.hpp"

namespace tickstock {
namespace {

/// Prices and sizes of a record, summed: a wrong offset anywhere changes them.
void add_values(const Record& record, std::int64_t& prices, std::int64_t& sizes) {
    switch (record.kind()) {
        case RecordKind::Trade:
            prices += record.trade().price.raw();
            sizes += record.trade().size.raw();
            break;
        case RecordKind::Quote:
            prices += record.quote().bid.raw() + 3 * record.quote().ask.raw();
            sizes += record.quote().bid_size.raw() + 3 * record.quote().ask_size.raw();
            break;
        case RecordKind::Bar:
            prices += record.bar().open.raw() + 3 * record.bar().high.raw() +
                      5 * record.bar().low.raw() + 7 * record.bar().close.raw();
            sizes += record.bar().volume.raw();
            break;
        default: break;
    }
}

/// One line a file; tests/integration/dbn_test.py computes the same with a decoder of its own.
std::string summary(const std::string& name, const ReadAll& all) {
    std::array<int, 5> kinds{};
    std::int64_t prices = 0;
    std::int64_t sizes = 0;
    std::uint64_t sequences = 0;
    std::int64_t received_after = 0;
    for (const Record& record : all.records) {
        ++kinds[static_cast<std::size_t>(record.kind())];
        add_values(record, prices, sizes);
        sequences += record.header().source_sequence;
        received_after += (record.header().ts_recv - record.header().ts_event).count();
    }
    const bool any = !all.records.empty();
    return fmt::format(
        "{} rows {} trades {} quotes {} bars {} unsupported {} symbol {} exchange {} first {} "
        "prices {} sizes {} sequences {} received_after {}\n",
        name, all.counts.in, kinds[0], kinds[1], kinds[2],
        all.counts.dropped_for(Reason::UnsupportedMessage), any ? all.symbol(0) : "-",
        any && all.records[0].kind() == RecordKind::Trade ? all.records[0].trade().exchange : 0,
        any ? to_ns(all.records[0].header().ts_event) : 0, prices, sizes, sequences,
        received_after);
}

/// Empty where the recordings are not installed.
std::filesystem::path sample_folder() {
    const std::filesystem::path folder = recorded_data();
    const auto samples = folder / "dbn/databento-python/tests/data";
    return !folder.empty() && std::filesystem::is_directory(samples) ? samples
                                                                     : std::filesystem::path{};
}

/// Read off a hexadecimal dump of the files.
TEST(DbnSamples, HoldTheValuesReadByHand) {
    const auto samples = sample_folder();
    if (samples.empty()) {
        GTEST_SKIP() << "the recordings are not installed";
    }
    const auto first = [&](const char* name) {
        return read_all({{(samples / name).string(), std::nullopt}}).records.at(0);
    };
    const Trade trade = first("XNAS.ITCH/test_data.trades.dbn.zst").trade();
    EXPECT_EQ(trade.price.raw(), 0x794E'051A'00);
    EXPECT_EQ(trade.size, Size::from_shares(0x24));
    EXPECT_EQ(trade.header.source_sequence, 0x0005'89B5U);
    EXPECT_EQ(to_ns(trade.header.ts_event), 1609146312576690768);
    EXPECT_EQ(to_ns(trade.header.ts_recv), 0x1654'D60B'B0C3'95BE);
    const Quote quote = first("XNAS.ITCH/test_data.mbp-1.dbn.zst").quote();
    EXPECT_EQ(quote.bid.raw(), 0x74E1'881C'00);
    EXPECT_EQ(quote.bid_size, Size::from_shares(2));
    EXPECT_EQ(quote.ask.raw(), 0);
    EXPECT_EQ(quote.ask_size.raw(), 0);
    EXPECT_EQ(quote.bid_exchange, 12);
    EXPECT_EQ(quote.ask_exchange, 0);
    const Bar bar = first("EQUS.MINI/test_data.ohlcv-1m.dbn.zst").bar();
    EXPECT_EQ(bar.open.raw(), 0x47AC'1909'80);
    EXPECT_EQ(bar.low.raw(), 0x47AA'4F46'00);
    EXPECT_EQ(bar.volume, Size::from_shares(0x0708));
    EXPECT_EQ(to_ns(bar.header.ts_event), 1680001680000000000);
}

TEST(DbnSamples, GiveWhatAnIndependentDecoderReads) {
    const auto samples = sample_folder();
    if (samples.empty()) {
        GTEST_SKIP() << "the recordings are not installed";
    }
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(samples)) {
        if (entry.path().string().ends_with(".dbn.zst")) {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    std::string told;
    for (const auto& file : files) {
        const ReadAll all = read_all({{file.string(), std::nullopt}});
        EXPECT_FALSE(all.failure) << file;
        EXPECT_EQ(all.counts.in,
                  all.counts.out + all.counts.dropped_for(Reason::UnsupportedMessage))
            << file;
        told += summary(std::filesystem::relative(file, samples).string(), all);
    }
    std::stringstream golden;
    golden << std::ifstream(TICKSTOCK_SOURCE_DIR "/src/sources/dbn/golden/samples.txt").rdbuf();
    EXPECT_EQ(told, golden.str());
}

}  // namespace
}  // namespace tickstock
