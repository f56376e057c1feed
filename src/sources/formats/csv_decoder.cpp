#include <array>

#include "sources/formats/dynamic_decoder.hpp"
#include "sources/formats/identify.hpp"

namespace tickstock {
namespace {

class CsvDecoder final : public LineDecoder {
public:
    CsvDecoder(const CsvHeader& header, DecodeContext& context)
        : column_count_(header.size()), context_(context) {
        for (std::size_t i = 0; i < header.size(); ++i) {
            keys_[i] = find_dynamic_key(header.names()[i]);
        }
    }

    void decode(std::string_view line, std::vector<Record>& out) override {
        if (line.empty()) {
            return;
        }
        Record record;
        FieldStatus status = Reason::Malformed;
        if (split_csv(line, row_) && row_.count == column_count_) {
            object_.clear();
            for (std::size_t i = 0; i < column_count_; ++i) {
                object_.set(keys_[i], row_.fields[i]);
            }
            status = build_dynamic(object_, context_, record);
        }
        if (status == field_ok) {
            context_.ledger.accept();
            out.push_back(record);
        } else {
            context_.ledger.reject(status, line);
        }
    }

private:
    std::size_t column_count_;
    DecodeContext& context_;
    std::array<DynamicKey, CsvRow::columns_max> keys_{};
    CsvRow row_;
    DynamicObject object_;
};

}  // namespace

Result<std::unique_ptr<LineDecoder>> make_csv_decoder(const CsvHeader& header,
                                                      DecodeContext& context) {
    DynamicObject columns;
    for (const std::string& name : header.names()) {
        columns.set(find_dynamic_key(name), "1");
    }
    if (!columns.has(DynamicKey::Symbol)) {
        return Error{"no column 'symbol', 'ticker' or 'sym'"};
    }
    if (!columns.has(DynamicKey::Timestamp)) {
        return Error{"no column 'timestamp'"};
    }
    if (!columns.has_kind() && identify(columns) == DynamicKind::Unknown) {
        return Error{
            "the columns make no record: wanted are price (trades), or open, high, low, close and "
            "volume (bars), or fmv (fair values), or a column 'type'"};
    }
    return std::unique_ptr<LineDecoder>(std::make_unique<CsvDecoder>(header, context));
}

}  // namespace tickstock
