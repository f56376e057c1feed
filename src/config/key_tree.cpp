#include "config/key_tree.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tickstock {
namespace {

KeyNode& member(KeyNode& node, std::string_view name) {
    const auto found = std::find_if(node.members.begin(), node.members.end(),
                                    [&](const KeyNode& child) { return child.name == name; });
    if (found != node.members.end()) {
        return *found;
    }
    return node.members.emplace_back(KeyNode{std::string(name), nullptr, {}});
}

std::string comment(const Setting& setting, const std::string& indent) {
    const auto unit = setting.unit.empty() ? "" : " " + setting.unit;
    return fmt::format("{0}// {1}\n{0}// {2}{3}\n", indent, setting.sentence, setting.accepted,
                       unit);
}

void append_node(std::string& out, const KeyNode& node, const Config& config, std::size_t depth) {
    const std::string indent(2 * depth, ' ');
    out += "{\n";
    for (const auto& child : node.members) {
        if (child.setting != nullptr) {
            out += comment(*child.setting, indent);
        }
        out += fmt::format("{}\"{}\": ", indent, child.name);
        if (child.setting != nullptr) {
            out += value_json(*child.setting, child.setting->read(config));
        } else {
            append_node(out, child, config, depth + 1);
        }
        out += &child == &node.members.back() ? "\n" : ",\n";
    }
    out += indent.substr(2) + "}";
}

}  // namespace

KeyNode key_tree(const std::vector<KeyedSetting>& settings) {
    KeyNode root;
    for (const auto& [key, setting] : settings) {
        KeyNode* node = &root;
        std::string_view rest = key;
        for (auto dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
            node = &member(*node, rest.substr(0, dot));
            rest.remove_prefix(dot + 1);
        }
        member(*node, rest).setting = setting;
    }
    return root;
}

std::string commented_json(const KeyNode& root, const Config& config) {
    std::string text;
    append_node(text, root, config, 1);
    return text + "\n";
}

}  // namespace tickstock
