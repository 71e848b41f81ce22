# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0

# hawser_batches(<output variable> <size> <file>...): puts <size> test files each into one
# translation unit, so that the templates that they share are instantiated once. That halves the
# time that the tests take to build. A test file has its helpers in an unnamed namespace and opens
# no namespace of ours; here it gets a namespace of its own around it, after all that its batch
# includes, so equal names in two files do not meet. A file for which that cannot be done says
# `// Not in a batch` and why, and is compiled alone.
function(hawser_batches output size)
    set(units)
    set(batch)
    foreach(file IN LISTS ARGN)
        file(STRINGS ${file} alone REGEX "^// Not in a batch")
        if(alone)
            list(APPEND units ${file})
            continue()
        endif()
        list(APPEND batch ${file})
        list(LENGTH batch length)
        if(length EQUAL size)
            hawser_write_batch(unit ${batch})
            list(APPEND units ${unit})
            set(batch)
        endif()
    endforeach()
    if(batch)
        hawser_write_batch(unit ${batch})
        list(APPEND units ${unit})
    endif()
    set(${output} ${units} PARENT_SCOPE)
endfunction()

# Writes the unit of some files, and makes its name from the first one's.
function(hawser_write_batch output)
    set(includes)
    set(bodies)
    foreach(file IN LISTS ARGN)
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
        file(STRINGS ${file} lines REGEX "^#include")
        get_filename_component(name ${file} NAME_WE)
        list(APPEND includes ${lines})
        string(APPEND bodies
            "namespace in_${name} {\n#include \"${CMAKE_CURRENT_SOURCE_DIR}/${file}\"\n}\n")
    endforeach()
    list(REMOVE_DUPLICATES includes)
    string(REPLACE ";" "\n" includes "${includes}")
    string(REPLACE "\"../" "\"${CMAKE_CURRENT_SOURCE_DIR}/" includes "${includes}")
    list(GET ARGN 0 first)
    string(REPLACE "_test.cpp" "_batch.cpp" unit ${CMAKE_CURRENT_BINARY_DIR}/${first})
    file(CONFIGURE OUTPUT ${unit} CONTENT "${includes}\n${bodies}" @ONLY)
    set(${output} ${unit} PARENT_SCOPE)
endfunction()
