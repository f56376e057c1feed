#include "regression/recorded_trades.hpp"

#include <zlib.h>

#include <array>
#include <filesystem>
#include <map>
#include <sstream>
#include <utility>

#include "support/engine_run.hpp"

namespace tickstock::naive {
namespace {

std::string trades_of(const std::string& day) {
    return recorded_file(day + ".trades.csv.gz");
}

}  // namespace

const std::vector<std::string>& recorded_days() {
    static const std::vector<std::string> days{"2013-10-07", "2013-10-08"};
    return days;
}

std::string recorded_file(const std::string& name) {
    return recorded_path("lean_flat/" + name);
}

bool has_trades(const std::string& day) {
    return std::filesystem::exists(trades_of(day));
}

std::vector<std::vector<std::string>> read_rows(const std::string& path) {
    std::vector<std::vector<std::string>> rows;
    gzFile file = gzopen(path.c_str(), "rb");
    if (file == nullptr) {
        return rows;
    }
    std::array<char, 4096> line{};
    bool header = true;
    while (gzgets(file, line.data(), static_cast<int>(line.size())) != nullptr) {
        if (std::exchange(header, false)) {
            continue;
        }
        std::vector<std::string> cells(1);
        bool quoted = false;
        for (const char* c = line.data(); *c != '\0' && *c != '\n' && *c != '\r'; ++c) {
            if (*c == '"') {
                quoted = !quoted;
            } else if (*c == ',' && !quoted) {
                cells.emplace_back();
            } else {
                cells.back().push_back(*c);
            }
        }
        rows.push_back(std::move(cells));
    }
    gzclose(file);
    return rows;
}

Tape read_trades(const std::string& day) {
    Tape tape;
    std::map<std::string, std::uint32_t> ids;
    for (const auto& row : read_rows(trades_of(day))) {
        // ticker,conditions,correction,exchange,id,participant_timestamp,price,sequence_number,
        // sip_timestamp,size,…
        const auto [known, is_new] =
            ids.try_emplace(row[0], static_cast<std::uint32_t>(ids.size()));
        if (is_new) {
            tape.symbols.push_back(row[0]);
        }
        Trade trade;
        trade.header.symbol = SymbolId(known->second);
        trade.header.ts_event = unix_nanos(std::stoll(row[8]));
        trade.header.ts_recv = trade.header.ts_event;
        trade.header.source_sequence = std::stoull(row[7]);
        trade.ts_execution = unix_nanos(std::stoll(row[5]));
        trade.price = Price::from_raw(fixed_point(row[6], 9));
        trade.size = Size::from_raw(fixed_point(row[9], 6));
        trade.correction = static_cast<std::uint8_t>(std::stoi(row[2]));
        trade.exchange = static_cast<std::uint8_t>(std::stoi(row[3]));
        trade.id = TradeId(row[4]);
        std::istringstream codes(row[1]);
        for (std::string code; std::getline(codes, code, ',');) {
            trade.conditions.add(static_cast<unsigned>(std::stoul(code)));
        }
        tape.records.emplace_back(trade);
    }
    return tape;
}

}  // namespace tickstock::naive
