#pragma once

#include <string>
#include <vector>

#include "config/setting.hpp"

namespace tickstock {

/// A setting under the key that a file gives it.
struct KeyedSetting {
    std::string key;  ///< dots between
    const Setting* setting = nullptr;
};

/// Keys as nested objects: a leaf holds a setting, any other node its members.
struct KeyNode {
    std::string name;
    const Setting* setting = nullptr;
    std::vector<KeyNode> members;
};

/// The root object; members in the order of their first appearance.
KeyNode key_tree(const std::vector<KeyedSetting>& settings);

/// The tree as a JSON file with the values of `config`, each setting under a comment.
std::string commented_json(const KeyNode& root, const Config& config);

}  // namespace tickstock
