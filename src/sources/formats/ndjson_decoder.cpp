#include "sources/formats/dynamic_decoder.hpp"
#include "sources/formats/json_text.hpp"

namespace tickstock {
namespace {

class NdjsonDecoder final : public LineDecoder {
public:
    explicit NdjsonDecoder(DecodeContext& context) : context_(context) {}

    void decode(std::string_view line, std::vector<Record>& out) override {
        if (line.find_first_not_of(" \t") == std::string_view::npos) {
            return;
        }
        Record record;
        const FieldStatus status =
            read(line) ? build_dynamic(object_, context_, record) : Reason::Malformed;
        if (status == field_ok) {
            context_.ledger.accept();
            out.push_back(record);
        } else {
            context_.ledger.reject(status, line);
        }
    }

private:
    /// Fills object_; false when the line is no JSON object.
    bool read(std::string_view line) {
        object_.clear();
        simdjson::ondemand::document document;
        simdjson::ondemand::object members;
        if (parser_.iterate(line.data(), line.size(), line.size() + line_padding).get(document) ||
            document.get_object().get(members)) {
            return false;
        }
        for (auto member : members) {
            if (member.error()) {
                return false;
            }
            simdjson::ondemand::field& field = member.value_unsafe();
            std::string_view key;
            std::string_view text;
            if (field.unescaped_key().get(key)) {
                return false;
            }
            const DynamicKey meaning = find_dynamic_key(key);
            if (meaning == DynamicKey::None) {
                continue;
            }
            if (value_text(field.value(), text)) {
                return false;
            }
            object_.set(meaning, text);
        }
        return at_end(document);
    }

    DecodeContext& context_;
    simdjson::ondemand::parser parser_{line_length_max};
    DynamicObject object_;
};

}  // namespace

std::unique_ptr<LineDecoder> make_ndjson_decoder(DecodeContext& context) {
    return std::make_unique<NdjsonDecoder>(context);
}

}  // namespace tickstock
