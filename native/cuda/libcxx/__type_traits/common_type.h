// clang has __builtin_common_type, nvcc's parser has not.
#include <__type_traits/conditional.h>
#include <__type_traits/decay.h>
#include <__type_traits/is_same.h>
#include <__type_traits/remove_cvref.h>
#include <__type_traits/type_identity.h>
#include <__type_traits/void_t.h>
#include <__utility/declval.h>
#include <__utility/empty.h>
#pragma push_macro("__has_builtin")
#undef __has_builtin
#define __has_builtin(name) 0
#include_next <__type_traits/common_type.h>
#pragma pop_macro("__has_builtin")
