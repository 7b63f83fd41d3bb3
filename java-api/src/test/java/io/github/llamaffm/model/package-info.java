/** Models as dependencies: mapped straight out of their jar. */
package io.github.llamaffm.model;
