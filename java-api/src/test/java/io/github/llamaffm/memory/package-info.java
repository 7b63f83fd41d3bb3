/** What a context keeps of the tokens of its sequences, what can be done with it, and what it takes. */
package io.github.llamaffm.memory;
